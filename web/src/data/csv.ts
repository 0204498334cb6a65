/** Tables as CSV (RFC 4180) that a spreadsheet takes as values, never as formulas. */

export type CsvCell = string | number;

/** A text that a spreadsheet would run is kept a text by a quotation mark before it; numbers stay numbers. */
export function csvCell(cell: CsvCell): string {
  if (typeof cell === "number") return Number.isNaN(cell) ? "" : String(cell);
  const text = /^[\s]*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n;]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csvText(rows: readonly (readonly CsvCell[])[]): string {
  return rows.map((row) => `${row.map(csvCell).join(",")}\r\n`).join("");
}
