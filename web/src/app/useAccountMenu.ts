import { LogOut, ShieldCheck, UserRound } from "lucide-react";
import { useMemo } from "react";
import { CARRIED } from "../data/project";
import { useMay, useProject, useSignOut, useWho } from "../queries/account";
import { useSession } from "../queries/session";
import type { Account, MenuEntry } from "../ui";
import { toast } from "../ui";

/** Who is here, their projects, and the way out. */
export function useAccountMenu(): Account {
  const { location, project } = useSession();
  const who = useWho();
  const may = useMay();
  const here = useProject();
  const signOut = useSignOut();
  return useMemo(() => {
    const { user, projects } = who;
    const entries: MenuEntry[] = [];
    if (projects.length > 1) {
      entries.push(
        { heading: "Project" },
        ...projects.map((one) => ({
          label: one.title || one.name,
          note: one.role,
          checked: one.name === here,
          onSelect: () => project.choose(one.name),
        })),
        "line",
      );
    }
    const page = (label: string, path: string, icon: typeof UserRound): MenuEntry => ({
      label,
      icon,
      href: path,
      onSelect: () => location.go(path, CARRIED),
    });
    if (user !== null) entries.push(page("Profile", "/profile", UserRound));
    if (may("project:admin")) entries.push(page("Administration", "/admin", ShieldCheck));
    if (user !== null) {
      entries.push("line", {
        label: "Sign out",
        icon: LogOut,
        onSelect: () => {
          signOut().catch((error: unknown) => toast({ text: `Still signed in: ${String(error)}`, status: "crit" }));
        },
      });
    }
    const role = projects.find((one) => one.name === here)?.role;
    return {
      name: user === null ? "Nobody signs in" : user.display_name || user.name,
      note: user === null ? "--no-auth" : [here, role].filter(Boolean).join(", "),
      entries,
    };
  }, [who, may, here, project, location, signOut]);
}
