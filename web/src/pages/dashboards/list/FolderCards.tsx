import { Folder } from "lucide-react";
import type { DocumentHead } from "../../../api/documents";
import { PageLink } from "../../bar/PageLink";

/** The folders of the project, each with how many dashboards are in it. */
export function FolderCards({ folders, counts }: { folders: readonly DocumentHead[]; counts: Map<string, number> }) {
  if (folders.length === 0) return null;
  return (
    <nav aria-label="Folders">
      <ul className="list-folders">
        {folders.map(({ id, name, description }) => {
          const count = counts.get(id) ?? 0;
          return (
            <li key={id}>
              <PageLink to={`/dashboards?folder=${encodeURIComponent(id)}`} className="card list-folder">
                <Folder className="icon" aria-hidden />
                <span className="min-w-0 flex-1">
                  <b className="block truncate">{name}</b>
                  {description === "" ? null : <span className="muted block truncate">{description}</span>}
                </span>
                <span className="muted num" aria-label={`${count} dashboards`}>
                  {count}
                </span>
              </PageLink>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
