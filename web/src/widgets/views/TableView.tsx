import { ArrowDown, ArrowUp, ChevronLeft, ChevronRight, Download } from "lucide-react";
import type { CSSProperties } from "react";
import { useState } from "react";
import { fuzzy } from "../../data/commands";
import { csvText } from "../../data/csv";
import type { FieldFormat } from "../../data/fieldFormat";
import { fieldText } from "../../data/fieldFormat";
import { formatCount } from "../../data/format";
import { slotColor, slotsOf, textColor } from "../colors";
import { download, fileName } from "../download";
import { LinkedName } from "../LinkedName";
import type { TableOptions } from "../kinds/table";
import type { WidgetProps, WidgetSeries } from "../plugin";
import type { NumberColumn, Order, Rows, TableRow } from "../rows";
import { sortTable, tableCsv, tableRows } from "../rows";
import { Spark } from "../Spark";
import type { Highlight } from "../useHighlight";
import { useHighlight } from "../useHighlight";

interface HeadProps {
  id: string;
  words: string;
  number: boolean;
  order: Order;
  onOrder: (order: Order) => void;
}

function Head({ id, words, number, order, onOrder }: HeadProps) {
  const on = order.by === id;
  const Icon = order.up ? ArrowUp : ArrowDown;
  return (
    <th className={number ? "num" : ""} scope="col" aria-sort={on ? (order.up ? "ascending" : "descending") : "none"}>
      <button type="button" onClick={() => onOrder({ by: id, up: on ? !order.up : !number })}>
        {words}
        {on ? <Icon className="icon icon--xs inline" aria-hidden /> : null}
      </button>
    </th>
  );
}

function statusOf(row: TableRow, columns: readonly NumberColumn[]): string {
  const found = columns.map((one) => {
    const series = row.series.get(one.id);
    return series === undefined ? "none" : fieldText(row.numbers.get(one.id) ?? NaN, series.format).status;
  });
  return ["crit", "warn", "info", "ok"].find((status) => found.some((one) => one === status)) ?? "none";
}

const WORDS: Readonly<Record<string, string>> = { ok: "ok", info: "info", warn: "warning", crit: "critical" };

type CellLook = "plain" | "text" | "background" | "bar";

/** The series' own look, else the table's. */
function cellLook(series: WidgetSeries | undefined, { rowColor }: TableOptions): CellLook {
  const own = series?.format.style["cell"];
  if (own === "plain" || own === "text" || own === "background" || own === "bar") return own;
  return rowColor === "value" ? "text" : rowColor === "background" || rowColor === "bar" ? rowColor : "plain";
}

function cellStyle(look: CellLook, color: string): CSSProperties {
  if (color === "") return {};
  if (look === "text") return { color: textColor(color) };
  return look === "background" ? { backgroundColor: `color-mix(in srgb, var(--${color}) 22%, transparent)` } : {};
}

/** How much of the scale a value is; the scale is that of its options, else up to the greatest of the column. */
function CellBar({ value, format, top }: { value: number; format: FieldFormat; top: number }) {
  const low = format.min ?? 0;
  const high = format.max ?? top;
  const share = high > low && !Number.isNaN(value) ? Math.max(0, Math.min(1, (value - low) / (high - low))) : 0;
  const color = fieldText(value, format).color;
  return (
    <span className="wtable__bar" aria-hidden="true">
      <i style={{ width: `${share * 100}%`, background: `var(--${color === "" ? "s1" : color})` }} />
    </span>
  );
}

interface RowProps extends WidgetProps<TableOptions> {
  row: TableRow;
  table: Rows;
  /** The greatest number of each column, by its id. */
  tops: ReadonlyMap<string, number>;
  sparkColor: string;
  highlight: Highlight;
}

function Row({ row, table, tops, options, data, linksOf, filter, sparkColor, highlight }: RowProps) {
  const { labels, columns } = table;
  const status = statusOf(row, columns);
  const marked = options.rowColor === "mark" && status !== "none";
  const first = row.series.values().next().value;
  const own = first?.key ?? "";
  const links = first === undefined ? [] : linksOf(first, row.numbers.values().next().value ?? null, null);
  return (
    <tr
      className={`${options.rowColor === "row" && status !== "none" ? `wtable__row--${status}` : ""} ${highlight.look(own)}`}
      onPointerEnter={highlight.enter(own)}
      onPointerLeave={highlight.leave}
    >
      {row.texts.map((text, at) => (
        <td key={labels[at]} className="wtable__text" title={text}>
          {at === 0 && marked ? <i className={`st st--${status}`} role="img" aria-label={WORDS[status]} /> : null}
          {at === 0 && links.length > 0 ? (
            <LinkedName name={text} links={links} />
          ) : first?.labels[labels[at] ?? ""] === undefined ? (
            text
          ) : (
            <button
              type="button"
              title={`Only ${labels[at] ?? ""} ${text}`}
              onClick={() => filter(labels[at] ?? "", text)}
            >
              {text}
            </button>
          )}
        </td>
      ))}
      {columns.map((one) => {
        const series = row.series.get(one.id);
        const shown = series === undefined ? null : fieldText(row.numbers.get(one.id) ?? NaN, series.format);
        const look = cellLook(series, options);
        const color = shown === null ? "" : shown.color;
        return (
          <td key={one.id} className="num" style={cellStyle(look, color)}>
            {look !== "bar" || series === undefined ? null : (
              <CellBar value={row.numbers.get(one.id) ?? NaN} format={series.format} top={tops.get(one.id) ?? 0} />
            )}
            {shown === null ? "-" : shown.text}
            {shown === null || shown.unit === "" ? null : <span className="muted">{`\u2009${shown.unit}`}</span>}
          </td>
        );
      })}
      {options.sparkline ? (
        <td className="wtable__spark">
          {first === undefined ? null : (
            <Spark times={data.frame.times} values={first.values} window={data.window} color={sparkColor} />
          )}
        </td>
      ) : null}
    </tr>
  );
}

function startOrder({ labels, columns }: Rows, options: TableOptions): Order {
  const column = columns.find((one) => one.head === options.sort);
  const by = column?.id ?? (labels.includes(options.sort) ? options.sort : (columns[0]?.id ?? labels[0] ?? ""));
  return { by, up: options.ascending };
}

interface PagerProps {
  page: number;
  pages: number;
  count: number;
  setPage: (page: number) => void;
}

function Pager({ page, pages, count, setPage }: PagerProps) {
  if (pages < 2)
    return (
      <span>
        {formatCount(count)} {count === 1 ? "row" : "rows"}
      </span>
    );
  return (
    <span className="wtable__pager">
      <button
        type="button"
        className="icon-btn"
        aria-label="Page before"
        disabled={page === 0}
        onClick={() => setPage(page - 1)}
      >
        <ChevronLeft className="icon icon--sm" aria-hidden />
      </button>
      <span className="num" role="status">
        {page + 1} of {pages}
      </span>
      <button
        type="button"
        className="icon-btn"
        aria-label="Next page"
        disabled={page >= pages - 1}
        onClick={() => setPage(page + 1)}
      >
        <ChevronRight className="icon icon--sm" aria-hidden />
      </button>
      <span>{formatCount(count)} rows</span>
    </span>
  );
}

/** Labels and numbers in rows. */
export default function TableView(props: WidgetProps<TableOptions>) {
  const { title, options, data } = props;
  const [chosen, setOrder] = useState<Order | null>(null);
  const [wish, setWish] = useState("");
  const [wanted, setPage] = useState(0);
  const table = tableRows(data, options);
  const order = chosen ?? startOrder(table, options);
  const sorted = sortTable(table, order).filter((row) => wish === "" || fuzzy(wish, row.texts.join(" ")));
  const tops = new Map(
    table.columns.map(({ id }) => [id, Math.max(0, ...table.rows.map((row) => row.numbers.get(id) || 0))]),
  );
  const pages = Math.max(1, Math.ceil(sorted.length / options.pageSize));
  const page = Math.min(wanted, pages - 1);
  const shown = sorted.slice(page * options.pageSize, (page + 1) * options.pageSize);
  const firsts = shown.flatMap((row) => [...row.series.values()].slice(0, 1));
  const highlight = useHighlight(firsts);
  const slots = slotsOf(firsts);
  return (
    <div className={`wtable${data.stale_ms === null ? "" : " is-stale"}`}>
      {options.search ? (
        <input
          className="input wtable__search"
          type="search"
          placeholder="Search rows"
          aria-label={`Search in ${title}`}
          value={wish}
          onChange={(event) => setWish(event.target.value)}
        />
      ) : null}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keys */}
      <div className="wtable__scroll" role="region" aria-label={`${title}, rows`} tabIndex={0}>
        <table className="table">
          <thead>
            <tr>
              {table.labels.map((name, at) => (
                <Head
                  key={name}
                  id={name}
                  words={table.heads[at] ?? name}
                  number={false}
                  order={order}
                  onOrder={setOrder}
                />
              ))}
              {table.columns.map((one) => (
                <Head key={one.id} id={one.id} words={one.head} number order={order} onOrder={setOrder} />
              ))}
              {options.sparkline ? <th scope="col">over time</th> : null}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => {
              const first = row.series.values().next().value;
              const color = first === undefined ? "" : slotColor(first, slots[firsts.indexOf(first)], NaN);
              const more = { table, tops, sparkColor: color, highlight };
              return <Row key={row.key} {...props} row={row} {...more} />;
            })}
          </tbody>
        </table>
      </div>
      <div className="wtable__foot">
        <Pager page={page} pages={pages} count={sorted.length} setPage={setPage} />
        <button
          type="button"
          className="icon-btn"
          title="Download as CSV"
          aria-label={`Download ${title} as CSV`}
          onClick={() => download(fileName(title, "csv"), "text/csv;charset=utf-8", csvText(tableCsv(table, sorted)))}
        >
          <Download className="icon icon--sm" aria-hidden />
        </button>
      </div>
    </div>
  );
}
