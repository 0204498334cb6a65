/** The data of a dashboard as files: CSV, and a page that needs nothing else. Pure. */

import type { CsvCell } from "../../../data/csv";
import { csvText } from "../../../data/csv";
import { fieldText } from "../../../data/fieldFormat";
import type { Zone } from "../../../data/timeRange";
import { formatMoment } from "../../../data/timeRange";
import type { Frame } from "../../../widgets/plugin";

export interface Table {
  id: string;
  title: string;
  frame: Frame;
  /** Why there are no data. */
  problem: string;
}

/** A row for each value, `zoneWord` names the zone: any number of charts with steps of their own fit into one table. */
export function csvOf(tables: readonly Table[], zone: Zone, zoneWord: string): string {
  const rows: CsvCell[][] = [["widget", "query", "series", `time (${zoneWord})`, "value"]];
  for (const { title, frame } of tables) {
    for (const { ref, name, values } of frame.series) {
      values.forEach((value, at) => {
        const time_ms = frame.times[at];
        if (time_ms === undefined || Number.isNaN(value)) return;
        rows.push([title, ref, name, formatMoment(time_ms, zone, true, true), value]);
      });
    }
  }
  return csvText(rows);
}

export const escaped = (text: string): string =>
  text
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/'/g, "&#39;");

export interface PageOf {
  title: string;
  /** Range and time zone, in words. */
  when: string;
  /** Of the whole, as a `data:` address. */
  picture: { src: string; width: number };
  tables: readonly Table[];
  zone: Zone;
}

/** A page may load and run nothing. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
const LOOKS = `body{margin:24px auto;max-width:1200px;padding:0 16px;font:14px/20px system-ui,sans-serif;color:#151922}
h1{font-size:20px;margin:0}h2{font-size:16px;margin:28px 0 8px}p{color:#474c56;margin:4px 0 16px}img{max-width:100%;height:auto}
details{margin:4px 0}.t{overflow:auto;max-height:480px}table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{border-bottom:1px solid #dbdde2;padding:3px 12px 3px 0;text-align:right;white-space:nowrap}
th:first-child,td:first-child{text-align:left}`;
/** So many of the newest moments are in the page; the CSV has all. */
const MOST_ROWS = 500;

function tableText({ title, frame, problem }: Table, zone: Zone): string {
  const head = `<h2>${escaped(title)}</h2>`;
  if (frame.series.length === 0) return `${head}<p>${escaped(problem === "" ? "No data." : problem)}</p>`;
  const names = frame.series.map((one) => `<th>${escaped(one.name)}</th>`).join("");
  const first = Math.max(0, frame.times.length - MOST_ROWS);
  const rows = Array.from(frame.times.subarray(first), (time_ms, at) => {
    const cells = frame.series.map(({ values, format }) => {
      const value = values[first + at] ?? NaN;
      const { text, unit } = fieldText(value, format);
      return `<td>${Number.isNaN(value) ? "" : escaped(`${text} ${unit}`.trim())}</td>`;
    });
    return `<tr><td>${escaped(formatMoment(time_ms, zone, true, true))}</td>${cells.join("")}</tr>`;
  }).reverse();
  const more = first > 0 ? `<p>The newest ${MOST_ROWS} of ${frame.times.length} moments.</p>` : "";
  return `${head}<details><summary>${rows.length} rows</summary>${more}<div class="t"><table><thead><tr><th>Time</th>${names}</tr></thead><tbody>${rows.join("")}</tbody></table></div></details>`;
}

export function htmlOf({ title, when, picture, tables, zone }: PageOf): string {
  return [
    "<!doctype html>",
    '<html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    '<meta name="viewport" content="width=device-width">',
    `<title>${escaped(title)}</title><style>${LOOKS}</style></head><body>`,
    `<h1>${escaped(title)}</h1><p>${escaped(when)}</p>`,
    `<img src="${picture.src}" width="${Math.round(picture.width)}" alt="${escaped(title)}">`,
    ...tables.map((one) => tableText(one, zone)),
    "</body></html>",
  ].join("\n");
}
