/** Order and filter of a table's rows, apart from how they are drawn. */

export type SortValue = string | number | null | undefined;

export interface Sort {
  column: string;
  down: boolean;
}

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** Nothing stands last in either direction; texts are compared as people read them, "host 9" before "host 10". */
export function compareValues(a: SortValue, b: SortValue, down: boolean): number {
  const left = a ?? null;
  const right = b ?? null;
  if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
  const order =
    typeof left === "number" && typeof right === "number"
      ? left - right
      : collator.compare(String(left), String(right));
  return down ? -order : order;
}

/** The rows in order; rows that compare equal keep theirs. */
export function sortRows<R>(rows: readonly R[], value: (row: R) => SortValue, down: boolean): readonly R[] {
  return rows
    .map((row) => ({ row, value: value(row) }))
    .sort((a, b) => compareValues(a.value, b.value, down))
    .map((one) => one.row);
}

/** The rows in whose text every word of the wish occurs, in any order. */
export function filterRows<R>(rows: readonly R[], text: (row: R) => string, wish: string): readonly R[] {
  const words = wish
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    const lower = text(row).toLowerCase();
    return words.every((word) => lower.includes(word));
  });
}

/** A press on a head: its own first direction, then the other one. */
export function nextSort(current: Sort | null, column: string, firstDown: boolean): Sort {
  return current?.column === column ? { column, down: !current.down } : { column, down: firstDown };
}
