import { Keyboard, Search, SunMoon } from "lucide-react";
import { CARRIED } from "../data/project";
import { useMay } from "../queries/account";
import { useBell } from "../queries/bell";
import { useSession } from "../queries/session";
import { useLocationText } from "../queries/useTime";
import type { Account, NavEntry } from "../ui";
import { NavBar } from "../ui";
import { ROUTES, routeOf } from "./routes";

interface Props {
  openPalette: () => void;
  openKeys: () => void;
  nextTheme: () => void;
  account?: Account | undefined;
}

export function Nav({ openPalette, openKeys, nextTheme, account }: Props) {
  const { location } = useSession();
  const may = useMay();
  const { unread } = useBell();
  const here = routeOf(useLocationText().split("?")[0] ?? "/", ROUTES);
  const pages = ROUTES.flatMap((route): NavEntry[] => {
    if (route.icon === undefined || (route.needs !== undefined && !may(route.needs))) return [];
    const { path, word, icon, keys } = route;
    const entry = {
      word,
      icon,
      href: path,
      here: route.path === (here?.partOf ?? here?.path),
      run: () => location.go(path, CARRIED),
      ...(path === "/alerts" ? { count: unread } : {}),
    };
    return [keys === undefined ? entry : { ...entry, keys }];
  });
  const tools: NavEntry[] = [
    { word: "Search", keys: "mod+k", icon: Search, run: openPalette },
    { word: "Theme", keys: "c t", icon: SunMoon, run: nextTheme },
    { word: "Keys", keys: "?", icon: Keyboard, run: openKeys, wideOnly: true },
  ];
  return <NavBar pages={pages} tools={tools} account={account} />;
}
