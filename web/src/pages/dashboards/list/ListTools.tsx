import { Download, FolderInput, Trash2 } from "lucide-react";
import type { DocumentHead } from "../../../api/documents";
import { Button, Checkbox, SearchInput, Select, Switch } from "../../../ui";
import type { Wish } from "./rows";

interface Props {
  wish: Wish;
  change: (change: Partial<Wish>) => void;
  tags: readonly string[];
  rows: readonly DocumentHead[];
  marked: readonly DocumentHead[];
  mayEdit: boolean;
  mark: (ids: readonly string[], on: boolean) => void;
  move: () => void;
  remove: () => void;
  save: () => void;
}

/** Search and filters; once some are chosen, what can be done with them. */
export function ListTools({ wish, change, tags, rows, marked, mayEdit, mark, move, remove, save }: Props) {
  const all = rows.length > 0 && rows.every((one) => marked.includes(one));
  return (
    <>
      <SearchInput
        label="Find a dashboard or widget"
        value={wish.text}
        maxLength={200}
        onChange={(text) => change({ text })}
      />
      {tags.length === 0 && wish.tag === "" ? null : (
        <Select
          label="Tag"
          value={wish.tag}
          options={[
            { value: "", label: "All tags" },
            ...[...new Set([...tags, wish.tag])].filter((one) => one !== "").map((value) => ({ value, label: value })),
          ]}
          onChange={(tag) => change({ tag })}
        />
      )}
      <Switch label="Starred only" checked={wish.starred} onChange={(starred) => change({ starred })} />
      {marked.length === 0 ? null : (
        <span className="list-marked" role="group" aria-label="Chosen dashboards">
          {mayEdit ? (
            <Button icon={FolderInput} onClick={move}>
              Move {marked.length}
            </Button>
          ) : null}
          <Button icon={Download} onClick={save}>
            Export {marked.length}
          </Button>
          {mayEdit ? (
            <Button variant="danger" icon={Trash2} onClick={remove}>
              Delete {marked.length}
            </Button>
          ) : null}
          <Checkbox
            label={`All ${rows.length} shown`}
            checked={all}
            onChange={(on) =>
              mark(
                rows.map((one) => one.id),
                on,
              )
            }
          />
        </span>
      )}
    </>
  );
}
