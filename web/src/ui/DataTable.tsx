import { ArrowDown, ArrowUp } from "lucide-react";
import type { ReactNode } from "react";
import { useMemo, useState } from "react";
import { Button, IconButton } from "./Button";
import type { Column } from "./DataGrid";
import { DataGrid } from "./DataGrid";
import { Field } from "./Field";
import { Select } from "./Select";
import { SearchInput } from "./TextInput";
import type { Sort } from "./tableView";
import { filterRows, sortRows } from "./tableView";

export type { Column } from "./DataGrid";

interface Props<R> {
  /** Names the table for those who do not see it. */
  label: string;
  /** The first column names the row. */
  columns: readonly Column<R>[];
  /** undefined: they are being fetched for the first time. */
  rows: readonly R[] | undefined;
  rowKey: (row: R) => string;
  /** What stands instead when there are no rows at all. */
  empty: ReactNode;
  /** Fetching anew: a bar runs, the rows stay. */
  busy?: boolean;
  sort?: Sort;
  /** Shows a search field with this name. */
  filter?: string;
  /** Beside the search field: more filters, an export. */
  tools?: ReactNode;
  /** The row's name becomes a button. */
  onOpen?: (row: R) => void;
  isOpen?: (row: R) => boolean;
  /** Buttons or a menu at the end of a row. */
  actions?: (row: R) => ReactNode;
  /** Older rows that the server still has. */
  more?: { busy: boolean; fetch: () => void };
}

const SHOWN_AT_ONCE = 200;

function textOf<R>(columns: readonly Column<R>[], row: R): string {
  return columns.map((column) => column.text?.(row) ?? String(column.value?.(row) ?? "")).join(" ");
}

/** Rows that can be sorted, filtered and opened; cards where there is no room for columns. */
export function DataTable<R>(props: Props<R>) {
  const { columns, rows, filter, tools, empty, more } = props;
  const [sort, setSort] = useState<Sort | null>(props.sort ?? null);
  const [wish, setWish] = useState("");
  const [limit, setLimit] = useState(SHOWN_AT_ONCE);
  const found = useMemo(() => {
    const matching = filterRows(rows ?? [], (row) => textOf(columns, row), wish);
    const by = columns.find((column) => column.id === sort?.column)?.value;
    return by === undefined ? matching : sortRows(matching, by, sort?.down === true);
  }, [rows, columns, wish, sort]);
  if (rows?.length === 0 && props.busy !== true) return <>{empty}</>;
  const total = rows?.length ?? 0;
  const bare = filter === undefined && tools === undefined;
  const shown = found.slice(0, limit);
  return (
    <div className="dtable">
      {props.busy === true ? <div className="loadbar" aria-hidden="true" /> : null}
      {bare && total === 1 ? null : (
        <div className={`dtable__tools${bare ? " dtable__tools--bare" : ""}`}>
          {filter === undefined ? null : <SearchInput label={filter} value={wish} onChange={setWish} />}
          {tools}
          {total === 1 ? null : <SortChoice columns={columns} sort={sort} setSort={setSort} />}
          <span className="dtable__count num" role="status">
            {rows === undefined ? "" : wish.trim() === "" ? total : `${found.length} of ${total}`}
          </span>
        </div>
      )}
      {rows !== undefined && found.length === 0 ? (
        <p className="dtable__none">
          Nothing matches {wish}.{" "}
          <button type="button" className="link" onClick={() => setWish("")}>
            Show all {total}
          </button>
        </p>
      ) : (
        <DataGrid {...props} rows={rows === undefined ? undefined : shown} sort={sort} setSort={setSort} />
      )}
      {found.length > limit ? (
        <Button className="dtable__more" onClick={() => setLimit(limit + SHOWN_AT_ONCE)}>
          Show {Math.min(SHOWN_AT_ONCE, found.length - limit)} more of {found.length}
        </Button>
      ) : more === undefined ? null : (
        <Button className="dtable__more" busy={more.busy} onClick={more.fetch}>
          Load more
        </Button>
      )}
    </div>
  );
}

interface SortProps<R> {
  columns: readonly Column<R>[];
  sort: Sort | null;
  setSort: (sort: Sort) => void;
}

/** Cards have no heads to press. */
function SortChoice<R>({ columns, sort, setSort }: SortProps<R>) {
  const sortable = columns.filter((column) => column.value !== undefined);
  if (sortable.length < 2) return null;
  const by = sortable.find((column) => column.id === sort?.column);
  return (
    <span className="dtable__sort">
      <Field label="Sort by" hideLabel>
        <Select
          placeholder="Sort by"
          value={by?.id ?? null}
          options={sortable.map((column) => ({ value: column.id, label: column.head }))}
          onChange={(id) => setSort({ column: id, down: columns.find((column) => column.id === id)?.number === true })}
        />
      </Field>
      {sort === null ? null : (
        <IconButton
          icon={sort.down ? ArrowDown : ArrowUp}
          label={sort.down ? "Largest first" : "Smallest first"}
          onClick={() => setSort({ column: sort.column, down: !sort.down })}
        />
      )}
    </span>
  );
}
