/** Which dashboards a list shows. */

import type { FoundDashboard } from "../../../api/dashboards";
import type { DocumentHead } from "../../../api/documents";
import { fuzzy } from "../../../data/commands";

export interface Wish {
  /** Words; what the server finds in titles of widgets counts as well. */
  text: string;
  tag: string;
  starred: boolean;
  /** Id of the folder that is open; null: none is. */
  folder: string | null;
}

/** Something narrows the list, so that folders do not matter. */
export const isSearch = ({ text, tag, starred }: Wish): boolean => text.trim() !== "" || tag !== "" || starred;

/** The folder that a dashboard is in; one that is gone is none. */
export const folderOf = (one: DocumentHead, folders: ReadonlySet<string>): string =>
  folders.has(one.folder) ? one.folder : "";

export function rowsOf(
  all: readonly DocumentHead[],
  folders: ReadonlySet<string>,
  wish: Wish,
  stars: ReadonlySet<string>,
  found: readonly FoundDashboard[],
): DocumentHead[] {
  const served = new Set(found.map((one) => one.id));
  const { text, tag, starred, folder } = wish;
  const matches = (one: DocumentHead): boolean =>
    text.trim() === "" || served.has(one.id) || fuzzy(text, `${one.name} ${one.tags.join(" ")} ${one.description}`);
  return all.filter(
    (one) =>
      (tag === "" || one.tags.includes(tag)) &&
      (!starred || stars.has(one.id)) &&
      matches(one) &&
      (folder === null ? isSearch(wish) || folderOf(one, folders) === "" : folderOf(one, folders) === folder),
  );
}
