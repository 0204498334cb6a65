import { ArrowDown, ArrowUp } from "lucide-react";
import type { KeyboardEvent, ReactNode } from "react";
import { useMemo, useState } from "react";
import { Button, IconButton } from "./Button";
import { Field } from "./Field";
import { Select } from "./Select";
import { SearchInput } from "./TextInput";
import type { Sort, SortValue } from "./tableView";
import { filterRows, nextSort, sortRows } from "./tableView";

export interface Column<R> {
  id: string;
  head: string;
  cell: (row: R) => ReactNode;
  /** What it is sorted by and, where `text` is not given, filtered by. */
  value?: (row: R) => SortValue;
  text?: (row: R) => string;
  /** Right aligned, largest first. */
  number?: boolean;
  /** Left out where the table is narrow, and on cards. */
  wideOnly?: boolean;
}

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
  const shown = found.slice(0, limit);
  return (
    <div className="dtable">
      {props.busy === true ? <div className="loadbar" aria-hidden="true" /> : null}
      <div className="dtable__tools">
        {filter === undefined ? null : <SearchInput label={filter} value={wish} onChange={setWish} />}
        {tools}
        <SortChoice columns={columns} sort={sort} setSort={setSort} />
        <span className="dtable__count num" role="status">
          {rows === undefined ? "" : wish.trim() === "" ? total : `${found.length} of ${total}`}
        </span>
      </div>
      {rows !== undefined && found.length === 0 ? (
        <p className="dtable__none">
          Nothing matches {wish}.{" "}
          <button type="button" className="link" onClick={() => setWish("")}>
            Show all {total}
          </button>
        </p>
      ) : (
        <Grid {...props} rows={rows === undefined ? undefined : shown} sort={sort} setSort={setSort} />
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

type GridProps<R> = Omit<Props<R>, "sort"> & { sort: Sort | null; setSort: (sort: Sort) => void };

// display: block of the cards takes the table's meaning away, these keep it
const TABLE = { role: "table" };
const GROUP = { role: "rowgroup" };
const ROW = { role: "row" };
const CELL = { role: "cell" };
const HEAD = { role: "columnheader", scope: "col" };

function Grid<R>({ label, columns, rows, rowKey, sort, setSort, onOpen, isOpen, actions }: GridProps<R>) {
  const width = columns.length + (actions === undefined ? 0 : 1);
  return (
    <table className="table" {...TABLE} aria-label={label} aria-busy={rows === undefined || undefined}>
      <thead {...GROUP}>
        <tr {...ROW}>
          {columns.map((column) => (
            <Head key={column.id} column={column} sort={sort} setSort={setSort} />
          ))}
          {actions === undefined ? null : (
            <th {...HEAD}>
              <span className="sr-only">Actions</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody {...GROUP}>
        {rows === undefined ? (
          <Skeleton width={width} />
        ) : (
          rows.map((row, index) => (
            <tr key={rowKey(row)} {...ROW} aria-current={isOpen?.(row) === true ? "true" : undefined}>
              {columns.map((column, at) => (
                <td key={column.id} {...CELL} data-label={at === 0 ? undefined : column.head} className={look(column)}>
                  {at === 0 && onOpen !== undefined ? (
                    <button
                      type="button"
                      className="link dtable__open"
                      tabIndex={index === 0 ? 0 : -1}
                      onFocus={takeTabStop}
                      onKeyDown={moveFocus}
                      onClick={() => onOpen(row)}
                    >
                      {column.cell(row)}
                    </button>
                  ) : (
                    column.cell(row)
                  )}
                </td>
              ))}
              {actions === undefined ? null : (
                <td {...CELL} className="dtable__acts">
                  {actions(row)}
                </td>
              )}
            </tr>
          ))
        )}
      </tbody>
    </table>
  );
}

function look<R>(column: Column<R>): string {
  return [column.number === true ? "num" : "", column.wideOnly === true ? "opt" : ""].join(" ").trim();
}

function Head<R>({ column, sort, setSort }: { column: Column<R>; sort: Sort | null; setSort: (sort: Sort) => void }) {
  const down = sort?.column === column.id ? sort.down : null;
  const state = down === null ? undefined : down ? "descending" : "ascending";
  const Arrow = down === true ? ArrowDown : ArrowUp;
  return (
    <th {...HEAD} className={look(column)} aria-sort={state}>
      {column.value === undefined ? (
        column.head
      ) : (
        <button type="button" onClick={() => setSort(nextSort(sort, column.id, column.number === true))}>
          {column.head}
          {down === null ? null : <Arrow className="icon icon--xs ml-1 inline" aria-hidden />}
        </button>
      )}
    </th>
  );
}

const SKELETON_ROWS = ["62%", "48%", "55%", "40%"];

/** Places where rows will be; they come into view only when the answer takes long. */
function Skeleton({ width }: { width: number }) {
  return SKELETON_ROWS.map((size) => (
    <tr key={size} {...ROW} className="skeleton">
      <td {...CELL} colSpan={width}>
        <span className="sr-only">Loading</span>
        <i style={{ width: size }} />
      </td>
    </tr>
  ));
}

/** One row is reached by tab, the others by arrows. */
function takeTabStop(event: { currentTarget: HTMLElement }): void {
  const own = event.currentTarget;
  for (const button of opens(own)) button.tabIndex = button === own ? 0 : -1;
}

const opens = (inside: HTMLElement): HTMLElement[] => [
  ...(inside.closest("tbody")?.querySelectorAll<HTMLElement>(".dtable__open") ?? []),
];

function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const all = opens(event.currentTarget);
  const at = all.indexOf(event.currentTarget);
  const goals: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 };
  const goal = goals[event.key];
  if (goal === undefined) return;
  event.preventDefault();
  all[Math.max(0, Math.min(all.length - 1, goal))]?.focus();
}
