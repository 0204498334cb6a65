import { Star } from "lucide-react";
import type { FoundDashboard } from "../../../api/dashboards";
import type { DocumentHead } from "../../../api/documents";
import type { FileOf } from "../../../dashboards/folders";
import { formatMoment } from "../../../data/timeRange";
import type { Zone } from "../../../data/timeRange";
import type { Column } from "../../../ui";
import { Badge, IconButton } from "../../../ui";

interface About {
  zone: Zone;
  stars: ReadonlySet<string>;
  files: ReadonlyMap<string, FileOf> | undefined;
  /** Names of folders, where dashboards of several are shown. */
  folders: ReadonlyMap<string, string> | null;
  /** Widgets that the search is about, by dashboard. */
  widgets: ReadonlyMap<string, FoundDashboard["widgets"]>;
  chooseTag: (tag: string) => void;
  star: (id: string, on: boolean) => void;
}

const WIDGETS_SHOWN = 4;

/** What the list says of a dashboard. */
export function columnsOf(about: About): Column<DocumentHead>[] {
  const { zone, stars, folders, chooseTag, star } = about;
  const folder: Column<DocumentHead> = {
    id: "folder",
    head: "Folder",
    cell: (one) => folders?.get(one.folder) ?? "",
    value: (one) => folders?.get(one.folder)?.toLowerCase() ?? null,
  };
  return [
    {
      id: "name",
      head: "Name",
      cell: (one) => one.name,
      note: (one) => <Note one={one} about={about} />,
      value: (one) => one.name.toLowerCase(),
    },
    ...(folders === null ? [] : [folder]),
    {
      id: "tags",
      head: "Tags",
      cell: (one) =>
        one.tags.map((name) => (
          <button key={name} type="button" className="tag mr-1" title={`Only ${name}`} onClick={() => chooseTag(name)}>
            {name}
          </button>
        )),
    },
    { id: "by", head: "Changed by", cell: (one) => one.updated_by, value: (one) => one.updated_by, wideOnly: true },
    {
      id: "at",
      head: "Changed",
      number: true,
      cell: (one) => formatMoment(one.updated_ms, zone, true, false),
      value: (one) => one.updated_ms,
    },
    {
      id: "star",
      head: "Starred",
      cell: (one) => {
        const starred = stars.has(one.id);
        return (
          <IconButton
            icon={Star}
            label={starred ? `Remove the star of ${one.name}` : `Star ${one.name}`}
            aria-pressed={starred}
            className="star"
            onClick={() => star(one.id, !starred)}
          />
        );
      },
      value: (one) => (stars.has(one.id) ? 0 : 1),
    },
  ];
}

/** Where it comes from, and which of its widgets the search is about, else what it is about. */
function Note({ one, about: { files, widgets } }: { one: DocumentHead; about: About }) {
  const file = files?.get(one.id);
  const hits = widgets.get(one.id) ?? [];
  const shown = hits.slice(0, WIDGETS_SHOWN).map((hit) => hit.title);
  const more = hits.length > shown.length ? ` and ${hits.length - shown.length} more` : "";
  const text = shown.length > 0 ? `Widgets: ${shown.join(", ")}${more}` : one.description;
  return (
    <>
      {file === undefined ? null : (
        <span className="list-file" title={`Comes from the file ${file.path}`}>
          <Badge>{file.writable ? "file" : "file, read-only"}</Badge>
        </span>
      )}
      {text === "" ? null : <small className="dtable__note muted">{text}</small>}
    </>
  );
}
