import type { ComponentType } from "react";
import { useEffect, useRef } from "react";
import { PROJECT_PARAMETER } from "../../data/project";
import type { Permission } from "../../queries/account";
import { useMay, useProject } from "../../queries/account";
import { useLocationText } from "../../queries/useTime";
import { PageBody, PageHeader } from "../../ui";
import { Missing } from "../access/Problem";
import { PageLink } from "../bar/PageLink";
import { AuditPage } from "./audit/AuditPage";
import { PrivacyPage } from "./privacy/PrivacyPage";
import { ProjectPage } from "./projects/ProjectPage";
import { ProjectsPage } from "./projects/ProjectsPage";
import { RolesPage } from "./roles/RolesPage";
import { UsersPage } from "./users/UsersPage";

interface Part {
  name: string;
  word: string;
  needs: Permission;
  Page: ComponentType;
}

const PARTS: readonly Part[] = [
  { name: "users", word: "Users", needs: "instance:admin", Page: UsersPage },
  { name: "roles", word: "Roles", needs: "instance:admin", Page: RolesPage },
  { name: "projects", word: "Projects", needs: "project:admin", Page: ProjectsPage },
  { name: "privacy", word: "Privacy", needs: "project:admin", Page: PrivacyPage },
  { name: "audit", word: "Audit log", needs: "project:admin", Page: AuditPage },
];

/** Users, roles, projects, privacy rules and the audit log, each for those who may. */
export default function AdminPage() {
  const may = useMay();
  const project = useProject();
  const place = useLocationText();
  const [, , name, item] = (place.split("?")[0] ?? "").split("/");
  const offered = PARTS.filter((part) => may(part.needs));
  const part = PARTS.find((one) => one.name === name) ?? offered[0] ?? PARTS[2];
  const here = useRef<HTMLElement>(null);
  useEffect(() => {
    here.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [name]);
  if (part === undefined) return null;
  const inside = part.name === "projects" && item !== undefined && item !== "";
  // who administers another project may look after that one from anywhere
  const allowed = inside ? may(part.needs, decodeURIComponent(item)) : may(part.needs);
  const asked = project === "" ? "" : `?${PROJECT_PARAMETER}=${encodeURIComponent(project)}`;
  return (
    <>
      <PageHeader title={part.word} />
      {offered.length === 0 ? null : (
        <nav ref={here} className="subnav" aria-label="Administration">
          {offered.map((one) => (
            <PageLink key={one.name} to={`/admin/${one.name}${asked}`} current={one === part}>
              {one.word}
            </PageLink>
          ))}
        </nav>
      )}
      <PageBody>
        {!allowed ? (
          <Missing permission={part.needs} />
        ) : inside ? (
          <ProjectPage key={item} name={decodeURIComponent(item)} />
        ) : (
          <part.Page />
        )}
      </PageBody>
    </>
  );
}
