import { Compass, Ellipsis, Eye, EyeOff } from "lucide-react";
import { useMemo, useState } from "react";
import { formatDuration } from "../../data/duration";
import { format, formatCount } from "../../data/format";
import { plainMessage } from "../../data/message";
import { DurationSizeField } from "../../promql/DurationField";
import type { Problem } from "../../promql/problems";
import { visibleSpan } from "../../promql/problems";
import { useSession } from "../../queries/session";
import { CopyButton, Field, IconButton, Menu, Notice, Segmented, TextInput } from "../../ui";
import type { WidgetFeedData } from "../data/useWidgetData";
import type { Query } from "../document";
import { BuilderForm } from "./builder/BuilderForm";
import { NotBuildable, readQuery } from "./builder/model";
import { explained } from "./builder/words";
import { QueryCode } from "./QueryCode";
import type { WidgetEdit } from "./useWidgetEdit";

interface Props {
  query: Query;
  data: WidgetFeedData;
  edit: WidgetEdit;
  others: readonly string[];
  onDuplicate: (() => void) | null;
  onRemove: () => void;
  onUp: (() => void) | null;
  onDown: (() => void) | null;
}

const MODES = [
  { value: "builder", label: "Builder" },
  { value: "code", label: "Code" },
] as const;

/** The builder's form of a query, or why it has none. */
function useBuilder(text: string) {
  return useMemo(() => {
    try {
      return { built: readQuery(text), reason: null };
    } catch (error) {
      if (!(error instanceof NotBuildable)) throw error;
      return { built: null, reason: error.message };
    }
  }, [text]);
}

export function QueryCard(props: Props) {
  const { query, data, edit, others } = props;
  const { ref, text, kind } = query;
  const { built, reason } = useBuilder(kind === "promql" ? text : "");
  const [wish, setWish] = useState<"builder" | "code">(built === null ? "code" : "builder");
  const mode = built === null ? "code" : wish;
  const set = (next: string): void => edit.query(ref, { text: next }, "text");
  return (
    <section className="edit-card" aria-label={`Query ${ref}`}>
      <div className="edit-line">
        <span className="query__letter">{ref}</span>
        {kind === "promql" ? (
          <Segmented label={`How query ${ref} is written`} small value={mode} choices={MODES} onChange={setWish} />
        ) : (
          <span className="muted">Formula</span>
        )}
        <span className="spacer" />
        <CardActions {...props} />
      </div>
      {kind === "formula" ? (
        <Formula query={query} data={data} others={others} onChange={set} />
      ) : mode === "builder" && built !== null ? (
        <>
          <BuilderForm name={ref} query={built} onChange={set} />
          {text === "" ? null : (
            <pre className="code edit-code" aria-label={`PromQL of query ${ref}`}>
              {text}
            </pre>
          )}
        </>
      ) : (
        <>
          {wish === "builder" && reason !== null ? (
            <Notice kind="info">The builder cannot show this. {reason}</Notice>
          ) : null}
          <QueryCode label={`Query ${ref}`} text={text} problems={served(query, data)} onChange={set} />
        </>
      )}
      {kind === "promql" && mode === "builder" ? <Failed query={query} data={data} /> : null}
      <QueryOptions query={query} edit={edit} />
      {kind === "promql" && text.trim() !== "" ? (
        <Inspection query={query} data={data} words={built === null ? null : explained(built)} />
      ) : null}
    </section>
  );
}

function CardActions({ query, edit, onDuplicate, onRemove, onUp, onDown }: Props) {
  const { ref, hidden } = query;
  return (
    <>
      <IconButton
        icon={hidden ? EyeOff : Eye}
        label={`${hidden ? "Show" : "Hide"} query ${ref}`}
        aria-pressed={hidden}
        onClick={() => edit.query(ref, { hidden: !hidden })}
      />
      <Menu
        trigger={<IconButton icon={Ellipsis} label={`Query ${ref}: more`} />}
        entries={[
          ...(onDuplicate === null ? [] : [{ label: "Duplicate", onSelect: onDuplicate }]),
          ...(onUp === null ? [] : [{ label: "Move up", onSelect: onUp }]),
          ...(onDown === null ? [] : [{ label: "Move down", onSelect: onDown }]),
          { label: "Remove", danger: true, onSelect: onRemove },
        ]}
      />
    </>
  );
}

/** What the server, or putting the variables in, found wrong; at its place in what was written. */
function served({ ref, text }: Query, data: WidgetFeedData): Problem[] {
  const origin = data.plan.origins.get(ref) ?? ((offset: number) => offset);
  const sent = data.plan.asks.find((ask) => ask.ref === ref && ask.role === "value")?.promql ?? text;
  const problems = data.problems
    .filter((one) => one.ref === ref)
    .map<Problem>(({ from, to, message }) => ({ from: from ?? 0, to: to ?? text.length, severity: "error", message }));
  for (const { ref: failed, error } of data.failures) {
    if (failed !== ref) continue;
    const span = error.position === null ? null : visibleSpan(sent, error.position.start, error.position.end);
    const from = Math.min(span === null ? 0 : origin(span.from), Math.max(0, text.length - 1));
    const to = Math.min(text.length, Math.max(from + 1, span === null ? text.length : origin(span.to)));
    problems.push({ from, to, severity: "error", message: plainMessage(error.message) });
  }
  return problems;
}

function Failed({ query, data }: { query: Query; data: WidgetFeedData }) {
  const [problem] = served(query, data);
  return problem === undefined || query.text === "" ? null : <Notice kind="crit">{problem.message}</Notice>;
}

interface FormulaProps {
  query: Query;
  data: WidgetFeedData;
  others: readonly string[];
  onChange: (text: string) => void;
}

function Formula({ query, data, others, onChange }: FormulaProps) {
  const problem = data.problems.find((one) => one.ref === query.ref);
  const place = problem?.from == null ? "" : ` (at ${problem.from + 1})`;
  const example =
    others.length >= 2 ? `$${others[0] ?? "A"} / $${others[1] ?? "B"} * 100` : `$${others[0] ?? "A"} * 100`;
  return (
    <Field
      label="Formula"
      error={problem === undefined ? null : `${problem.message}${place}`}
      help="Arithmetic over queries; also abs, round, sum, avg, min, max."
    >
      <TextInput value={query.text} mono placeholder={example} onChange={onChange} />
    </Field>
  );
}

function QueryOptions({ query, edit }: { query: Query; edit: WidgetEdit }) {
  const { ref, kind } = query;
  return (
    <div className="edit-row">
      <Field label="Legend">
        <TextInput
          value={query.legend}
          placeholder="auto, or {{host}}"
          onChange={(legend) => edit.query(ref, { legend }, "legend")}
        />
      </Field>
      {kind === "formula" ? null : (
        <>
          <div className="field">
            <span className="label" aria-hidden="true">
              Answer
            </span>
            <Segmented
              label={`Answer of query ${ref}`}
              fill
              value={query.mode}
              choices={[
                { value: "range", label: "Range" },
                { value: "instant", label: "Newest" },
              ]}
              onChange={(mode) => edit.query(ref, { mode })}
            />
          </div>
          <DurationSizeField
            label="Min step"
            placeholder="none"
            value_ms={query.min_step_ms || null}
            onChange={(size_ms) => {
              if (!Number.isNaN(size_ms)) edit.query(ref, { min_step_ms: size_ms ?? 0 }, "step");
            }}
          />
          <DurationSizeField
            label="Earlier by"
            placeholder="none"
            value_ms={query.shift_ms || null}
            onChange={(size_ms) => {
              if (!Number.isNaN(size_ms)) edit.query(ref, { shift_ms: size_ms ?? 0 }, "shift");
            }}
          />
        </>
      )}
    </div>
  );
}

/** What was sent and what came back, and what the query does in words. */
function Inspection({ query, data, words }: { query: Query; data: WidgetFeedData; words: string | null }) {
  const { location } = useSession();
  const found = data.sources.find(({ ask }) => ask.ref === query.ref && ask.role === "value");
  if (found === undefined) return null;
  const { ask, source } = found;
  const { answer } = source.read();
  const explore = (): void => {
    location.go("/explore", ["from", "to", "project"]);
    location.change({ q: [ask.promql] }, "replace");
  };
  return (
    <details className="edit-more">
      <summary>
        <span className="num">
          {formatCount(source.matrix.seriesCount)} series, {formatDuration(ask.step_ms)} step
          {answer === null ? "" : `, ${answer.query_time_ms.toFixed(1)}\u2009ms`}
        </span>
      </summary>
      {words === null ? null : <p className="help-text">{words}</p>}
      <div className="snippet">
        <CopyButton text={ask.promql} />
        <pre className="code edit-code" aria-label={`Sent query ${query.ref}`}>
          {ask.promql}
        </pre>
      </div>
      {answer === null ? null : (
        <dl className="kv">
          <Fact name="Series read" value={formatCount(answer.stats.series_read ?? 0)} />
          <Fact name="Samples read" value={formatCount(answer.stats.samples_read ?? 0)} />
          <Fact name="Points" value={formatCount(answer.total_points)} />
          <Fact name="Answer" value={format(answer.bytes, "bytes")} />
        </dl>
      )}
      <button type="button" className="btn btn--sm" onClick={explore}>
        <Compass className="icon icon--sm" aria-hidden />
        Open in Explore
      </button>
    </details>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div className="contents">
      <dt>{name}</dt>
      <dd className="num">{value}</dd>
    </div>
  );
}
