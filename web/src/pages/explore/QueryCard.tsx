import { Check, Eye, EyeOff, TextAlignStart, Trash2 } from "lucide-react";
import { useMemo, useState } from "react";
import { ApiError, formatQuery } from "../../api/client";
import { formatDuration } from "../../data/duration";
import { formatCount } from "../../data/format";
import { plainMessage } from "../../data/message";
import type { Matrix } from "../../data/matrix";
import { EditorView } from "../../promql/EditorView";
import type { Fix, Problem } from "../../promql/problems";
import { lineAndColumn, rangeFix, visibleSpan } from "../../promql/problems";
import type { SourceState } from "../../queries/source";
import { toast } from "../../ui/Toast";

interface Props {
  letter: string;
  draft: string;
  state: SourceState | null;
  matrix: Matrix | null;
  /** The text that was asked. */
  ran: string;
  hidden: boolean;
  only: boolean;
  onFocus: () => void;
  onChange: (text: string) => void;
  onRun: () => void;
  /** Takes a repaired text and asks it. */
  onFix: (text: string) => void;
  onHide: () => void;
  onRemove: () => void;
}

/** What the server said about the text that was asked. */
function servedProblems(ran: string, state: SourceState | null): Problem[] {
  const { error = null, answer = null } = state ?? {};
  const problems: Problem[] = [];
  if (error !== null && error.position !== null) {
    const span = visibleSpan(ran, error.position.start, error.position.end);
    problems.push({ ...span, severity: "error", message: plainMessage(error.message) });
  }
  for (const warning of answer?.warnings ?? []) {
    const span = visibleSpan(ran, warning.start, warning.end);
    problems.push({ ...span, severity: "warning", message: plainMessage(warning.message) });
  }
  return problems;
}

export function QueryCard(props: Props) {
  const { letter, draft, state, matrix, ran, hidden, only } = props;
  const [typed, setTyped] = useState<readonly Problem[]>([]);
  const current = draft === ran;
  const error = state?.error ?? null;
  const warnings = state?.answer?.warnings;
  // the answer changes with each frame, its warnings do not
  // eslint-disable-next-line react-hooks/exhaustive-deps -- error and warnings are what is read of the state
  const served = useMemo(() => (current ? servedProblems(ran, state) : []), [current, ran, error, warnings]);
  const failed = current && error !== null;
  const wrong = failed ? 1 : typed.filter((one) => one.severity === "error").length;
  const format = async (): Promise<void> => {
    try {
      props.onChange(await formatQuery(draft));
    } catch (problem) {
      toast(problem instanceof ApiError ? plainMessage(problem.message) : "Formatting failed.");
    }
  };
  return (
    <div className="query" onFocus={props.onFocus}>
      <div className="query__head">
        <span className="query__letter">{letter}</span>
        <Verdict state={state} current={current} wrong={wrong} asked={ran !== ""} />
        <span className="spacer" />
        <Action title="Format (shift+alt+f)" name={`Format query ${letter}`} onClick={() => void format()}>
          <TextAlignStart className="icon icon--sm" aria-hidden />
        </Action>
        <Action
          title={hidden ? "Show" : "Hide"}
          name={`${hidden ? "Show" : "Hide"} query ${letter}`}
          onClick={props.onHide}
        >
          {hidden ? <EyeOff className="icon icon--sm" aria-hidden /> : <Eye className="icon icon--sm" aria-hidden />}
        </Action>
        {only ? null : (
          <Action title="Remove" name={`Remove query ${letter}`} onClick={props.onRemove}>
            <Trash2 className="icon icon--sm" aria-hidden />
          </Action>
        )}
      </div>
      <EditorView
        label={`Query ${letter}`}
        text={draft}
        problems={served}
        onChange={props.onChange}
        onRun={props.onRun}
        onFormat={() => void format()}
        onProblems={setTyped}
      />
      <Meta state={state} matrix={matrix} shown={current && ran !== "" && !failed} />
      <Diagnosis
        ran={ran}
        draft={draft}
        error={failed ? error : null}
        typed={typed}
        served={served}
        onFix={props.onFix}
      />
    </div>
  );
}

interface ActionProps {
  title: string;
  name: string;
  onClick: () => void;
  children: React.ReactNode;
}

function Action({ title, name, onClick, children }: ActionProps) {
  return (
    <button type="button" className="icon-btn" title={title} aria-label={name} onClick={onClick}>
      {children}
    </button>
  );
}

interface VerdictProps {
  state: SourceState | null;
  current: boolean;
  wrong: number;
  asked: boolean;
}

function Verdict({ state, current, wrong, asked }: VerdictProps) {
  if (wrong > 0) {
    return (
      <span className="tag tag--crit">
        <i className="st st--crit" />
        {wrong} {wrong === 1 ? "problem" : "problems"}
      </span>
    );
  }
  if (!current) return <span className="tag">not run yet</span>;
  if (!asked || state?.answer == null) return null;
  return (
    <span className="tag tag--ok num">
      <Check className="icon icon--xs" aria-hidden />
      {state.answer.query_time_ms.toFixed(1)}&#8201;ms
    </span>
  );
}

function Meta({ state, matrix, shown }: { state: SourceState | null; matrix: Matrix | null; shown: boolean }) {
  if (!shown || matrix === null || state?.answer == null) return null;
  const series = matrix.seriesCount;
  return (
    <div className="query__meta num">
      <span>{formatCount(series)} series</span>
      <span>step {formatDuration(matrix.step_ms)}</span>
    </div>
  );
}

interface DiagnosisProps {
  ran: string;
  draft: string;
  error: ApiError | null;
  typed: readonly Problem[];
  served: readonly Problem[];
  onFix: (text: string) => void;
}

/** The first problem in words, with its place. */
function Diagnosis({ ran, draft, error, typed, served, onFix }: DiagnosisProps) {
  if (error !== null) {
    const place = error.position === null ? null : lineAndColumn(ran, error.position.start);
    const limit = error.limit === null ? "" : ` (limit ${error.limit.name} = ${formatCount(error.limit.value)})`;
    const [told] = served;
    const fix = told === undefined ? null : rangeFix(ran, told);
    return <Line place={place} message={`${plainMessage(error.message)}${limit}`} fix={fix} onFix={onFix} />;
  }
  const problem = typed.find((one) => one.severity === "error");
  if (problem !== undefined) {
    const fix = rangeFix(draft, problem);
    return <Line place={lineAndColumn(draft, problem.from)} message={problem.message} fix={fix} onFix={onFix} />;
  }
  const warning = served.find((one) => one.severity === "warning");
  if (warning !== undefined) return <Line place={lineAndColumn(ran, warning.from)} message={warning.message} warn />;
  return null;
}

interface LineProps {
  place: string | null;
  message: string;
  warn?: boolean;
  fix?: Fix | null;
  onFix?: (text: string) => void;
}

function Line({ place, message, warn, fix = null, onFix }: LineProps) {
  return (
    <div className={`query__diag${warn === true ? " query__diag--warn" : ""}`} role="status">
      {place === null ? null : <span className="num">{place}</span>}
      <span className="min-w-0">{message}</span>
      {fix === null ? null : (
        <button type="button" className="btn btn--sm ml-auto flex-none" onClick={() => onFix?.(fix.text)}>
          {fix.label}
        </button>
      )}
    </div>
  );
}
