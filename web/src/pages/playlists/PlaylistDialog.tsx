import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useCallback, useState } from "react";
import type { Document } from "../../api/documents";
import { createDocument, listDocuments, updateDocument } from "../../api/documents";
import { LIST_KEY } from "../../dashboards/save/keys";
import { parseRange, writeRange } from "../../data/timeRange";
import { useSession } from "../../queries/session";
import { Button, Dialog, Field, Notice, TextInput, useAction } from "../../ui";
import type { PlaylistItem } from "./playlist";
import { MOST_ITEMS, USUAL_S, readPlaylist } from "./playlist";
import type { Row } from "./PlaylistRow";
import { PlaylistRow } from "./PlaylistRow";

interface Props {
  /** null: a new one. */
  kept: Document | null;
  close: () => void;
  saved: () => Promise<void>;
}

let keys = 0;
const rowOf = ({ dashboard, seconds, time }: PlaylistItem): Row => {
  keys += 1;
  return { key: keys, dashboard, seconds, range: time === undefined ? "" : writeRange(time) };
};

/** Which dashboards, in which order, for how long. */
export function PlaylistDialog({ kept, close, saved }: Props) {
  const dashboards = useQuery({ queryKey: LIST_KEY, queryFn: ({ signal }) => listDocuments("dashboard", signal) });
  const [name, setName] = useState(kept?.name ?? "");
  const [{ description, items: before }] = useState(() => readPlaylist(kept?.spec));
  const [rows, setRows] = useState<readonly Row[]>(() => before.map(rowOf));
  const known = dashboards.data ?? [];
  const { clock, zone } = useSession();
  /** undefined: the dashboard's own; null: what is typed is none. */
  const timeOf = useCallback(
    ({ range }: Row) => (range.trim() === "" ? undefined : parseRange(range, clock.now(), zone.read())),
    [clock, zone],
  );
  const { run, busy, error } = useAction(
    useCallback(async () => {
      const items = rows.map((row) => {
        const time = timeOf(row);
        return { dashboard: row.dashboard, seconds: row.seconds ?? USUAL_S, ...(time ? { time } : {}) };
      });
      const content = { name: name.trim(), spec: { schema: 1, description, items } };
      if (kept === null) await createDocument("playlist", content);
      else await updateDocument("playlist", kept.id, kept.version, content);
      await saved();
    }, [rows, name, description, kept, saved, timeOf]),
  );
  const set = (key: number, change: Partial<Row>): void =>
    setRows(rows.map((row) => (row.key === key ? { ...row, ...change } : row)));
  const move = (at: number, by: number): void => {
    const next = [...rows];
    const [row] = next.splice(at, 1);
    if (row !== undefined) next.splice(at + by, 0, row);
    setRows(next);
  };
  const senseless = (row: Row): boolean => timeOf(row) === null;
  const isWrong = (row: Row): boolean => row.dashboard === "" || Number.isNaN(row.seconds) || senseless(row);
  const wrong = name.trim() === "" || rows.some(isWrong);
  const [first] = known;
  return (
    <Dialog
      open
      onOpenChange={close}
      title={kept === null ? "New playlist" : `Playlist ${kept.name}`}
      wide
      onSubmit={() => void (wrong ? undefined : run())}
      actions={
        <>
          <Button variant="ghost" onClick={close}>
            Cancel
          </Button>
          <Button variant="primary" type="submit" busy={busy} disabled={wrong}>
            Save
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        <Field label="Name" required>
          <TextInput value={name} maxLength={200} onChange={setName} />
        </Field>
        <div className="playlist-items" role="group" aria-label="Dashboards in their order">
          {rows.map((row, at) => (
            <PlaylistRow
              key={row.key}
              row={row}
              at={at}
              last={at === rows.length - 1}
              known={known}
              senseless={senseless(row)}
              set={(change) => set(row.key, change)}
              move={(by) => move(at, by)}
              remove={() => setRows(rows.filter((one) => one.key !== row.key))}
            />
          ))}
          {dashboards.data?.length === 0 ? <p className="muted">There are no dashboards yet.</p> : null}
          <Button
            small
            variant="ghost"
            icon={Plus}
            className="justify-self-start"
            disabled={first === undefined || rows.length >= MOST_ITEMS}
            onClick={() =>
              setRows([...rows, rowOf({ dashboard: nextOf(known, rows), seconds: rows.at(-1)?.seconds ?? USUAL_S })])
            }
          >
            Add a dashboard
          </Button>
        </div>
        {error === null ? null : <Notice kind="crit">{error.message}</Notice>}
      </div>
    </Dialog>
  );
}

/** The first that is not yet in the list. */
function nextOf(known: readonly { id: string }[], rows: readonly Row[]): string {
  const taken = new Set(rows.map((row) => row.dashboard));
  return (known.find((one) => !taken.has(one.id)) ?? known[0])?.id ?? "";
}
