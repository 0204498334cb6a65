import { ArrowDown, ArrowUp } from "lucide-react";
import type { KeyboardEvent, ReactNode } from "react";
import type { Sort, SortValue } from "./tableView";
import { nextSort } from "./tableView";

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
  /** More words below, which are no part of the name that is pressed. */
  note?: (row: R) => ReactNode;
}

interface Props<R> {
  label: string;
  columns: readonly Column<R>[];
  rows: readonly R[] | undefined;
  rowKey: (row: R) => string;
  sort: Sort | null;
  setSort: (sort: Sort) => void;
  onOpen?: (row: R) => void;
  isOpen?: (row: R) => boolean;
  actions?: (row: R) => ReactNode;
}

// display: block of the cards takes the table's meaning away, these keep it
const TABLE = { role: "table" };
const GROUP = { role: "rowgroup" };
const ROW = { role: "row" };
const CELL = { role: "cell" };
const HEAD = { role: "columnheader", scope: "col" };

/** The table of a `DataTable`, without what stands around it. */
export function DataGrid<R>({ label, columns, rows, rowKey, sort, setSort, onOpen, isOpen, actions }: Props<R>) {
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
                  {column.note?.(row)}
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
