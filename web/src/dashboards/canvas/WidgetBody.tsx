import { MessageCircleQuestion, Shapes } from "lucide-react";
import { createElement, useEffect, useMemo } from "react";
import { ApiError } from "../../api/errors";
import { fieldText } from "../../data/fieldFormat";
import { formatDuration } from "../../data/duration";
import { useSecond } from "../../queries/usePanelData";
import { Button } from "../../ui";
import { Failed, NoData } from "../../widgets/ChartState";
import { useChartShare } from "../../widgets/chartContext";
import { textColor } from "../../widgets/colors";
import type { Frame, WidgetData, WidgetMark } from "../../widgets/plugin";
import { MissingPlugin } from "../../widgets/plugins/MissingPlugin";
import { pluginName } from "../../widgets/plugins/kinds";
import { table } from "../../widgets/kinds/table";
import type { AnyWidgetKind } from "../../widgets/registry";
import type { AlertSign } from "../alerts/periods";
import { useAlertList, useAlertSign } from "../alerts/useAlerts";
import { useWatching } from "../alerts/useWatching";
import { useDashboardContext } from "../context";
import { baseFormat, formatOf } from "../data/fields";
import { useLinks } from "../data/useLinks";
import { useVariables } from "../data/useVariables";
import { useWidgetData } from "../data/useWidgetData";
import type { Widget } from "../document";
import { useMarks, useWidgetMarks } from "../marks/useMarks";
import { originOf } from "../repeat";
import { NothingYet } from "../sample/NothingYet";
import { useCanvas } from "./actions";
import { canBeTable, tableOptions, useAsTable } from "./asTable";
import { viewOf } from "./kindView";
import type { Box } from "./useBox";

interface Props {
  widget: Widget;
  kind: AnyWidgetKind;
  box: Box;
  visible: boolean;
  /** What its header says about the data. */
  tell: (about: About) => void;
}

/** What a header says about the data below it. */
export interface About {
  meta: string;
  loading: boolean;
  stale_ms: number | null;
  notices: string;
  /** Alerts that are open, whose rules read what is shown. */
  alert: AlertSign | null;
}

export const NOTHING_SAID: About = { meta: "", loading: false, stale_ms: null, notices: "", alert: null };
const SECOND_MS = 1000;

const asks = (widget: Widget): boolean => widget.queries.some((one) => one.text.trim() !== "");

const NOTHING: Frame = { times: new Float64Array(0), step_ms: 1000, series: [] };

/** What a widget shows below its header. */
export function WidgetBody(props: Props) {
  const { widget, kind } = props;
  const { mayEdit, configure } = useCanvas();
  if (kind.mode === "none") return <Silent {...props} />;
  if (asks(widget)) return <Asking {...props} />;
  return (
    <div className="state">
      <MessageCircleQuestion className="icon" aria-hidden />
      <b>No question yet</b>
      <span>{mayEdit ? "Say what this widget shows." : "Nobody has said what this widget shows."}</span>
      {mayEdit ? (
        <Button small onClick={() => configure(widget.id)}>
          Configure
        </Button>
      ) : null}
    </div>
  );
}

export function UnknownKind({ kind }: { kind: string }) {
  const plugin = pluginName(kind);
  if (plugin !== null) return <MissingPlugin name={plugin} />;
  return (
    <div className="state">
      <Shapes className="icon" aria-hidden />
      <b>Unknown kind of widget</b>
      <span className="[overflow-wrap:anywhere]">There is no {kind} here. Its plugin may be missing.</span>
    </div>
  );
}

/** A kind that asks nothing, such as a text; those that list what happened are given the marks of the dashboard. */
function Silent(props: Props) {
  const { leadsOn = true } = useCanvas();
  const { marks } = useMarks();
  const own = marks.filter(({ widget }) => widget === "" || widget === originOf(props.widget.id));
  if (props.kind.kind === "alerts" && leadsOn) return <AlertList {...props} />;
  return <Marked {...props} marks={own} />;
}

function AlertList(props: Props) {
  const { match } = props.widget.options;
  const { marks, error, retry } = useAlertList(typeof match === "string" ? match : "");
  if (error !== null) {
    const { code = "error", limit = null } = error instanceof ApiError ? error : {};
    return <Failed error={{ message: error.message, code, limit }} retry={retry} />;
  }
  return <Marked {...props} marks={marks} />;
}

function Marked({ marks, ...props }: Props & { marks: readonly WidgetMark[] }) {
  const { time } = useDashboardContext();
  // ages move on by themselves
  useSecond(props.visible && time.moving && !time.paused && marks.length > 0);
  const data: WidgetData = {
    status: "ready",
    frame: NOTHING,
    version: 0,
    window: time.window(),
    now_ms: time.now(),
    live: false,
    stale_ms: null,
    marks,
  };
  return <Drawn {...props} data={data} />;
}

function Asking(props: Props) {
  const { widget, kind, box, visible, tell } = props;
  const { time } = useDashboardContext();
  const data = useWidgetData(widget, { time, width: Math.round(box.width), visible, schema: kind.schema });
  const watching = useWatching(data.plan, visible);
  const { marks, limits } = useWidgetMarks(widget.id, data, watching);
  const sign = useAlertSign(
    watching.names,
    data.frame.series.map((one) => one.labels),
  );
  const { status: alarm = null, words = "", href = "" } = sign ?? {};
  const { status, failures, problems, notices, resolution, stale_ms, retry } = data;
  const empty = data.frame.series.length === 0;
  const [problem] = problems;
  const [failure] = failures;
  const meta =
    status === "first" || empty
      ? ""
      : `${formatDuration(resolution.step_ms)}${resolution.envelope ? ", min to max" : ""}`;
  const said = [
    ...failures.map((one) => `${one.ref}: ${one.error.message}`),
    ...problems.map((one) => one.message),
    ...notices,
  ].join("\n");
  const stale = stale_ms === null ? null : Math.round(stale_ms / SECOND_MS) * SECOND_MS;
  useEffect(() => {
    const alert = alarm === null ? null : { status: alarm, words, href };
    tell({ meta, loading: status === "loading", stale_ms: stale, notices: said, alert });
  }, [tell, meta, status, stale, said, alarm, words, href]);
  useEffect(() => () => tell(NOTHING_SAID), [tell]);
  if (empty && problem !== undefined) return <Wrong message={problem.message} />;
  if (status === "error" && failure !== undefined) return <Failed error={failure.error} retry={retry} />;
  if (status === "ready" && empty) return <Nothing widget={widget} />;
  return <Drawn {...props} data={{ ...data, marks, limits }} />;
}

/** The author's words for no value, where there are some. */
function Nothing({ widget }: { widget: Widget }) {
  const { leadsOn = true } = useCanvas();
  const { format } = formatOf({ ref: "", name: "", labels: {} }, baseFormat(""), widget.format, []);
  const { mapped, text, color } = fieldText(NaN, format);
  if (!mapped || text === "-") {
    const none = <NoData hint="" />;
    return leadsOn ? <NothingYet>{none}</NothingYet> : none;
  }
  return (
    <div className="wstats">
      <div className="wstat">
        <span className="wstat__value" style={color === "" ? {} : { color: textColor(color) }}>
          {text}
        </span>
      </div>
    </div>
  );
}

function Wrong({ message }: { message: string }) {
  return (
    <div className="state" role="alert">
      <b>The question cannot be asked</b>
      <span className="[overflow-wrap:anywhere]">{message}</span>
    </div>
  );
}

function Drawn({ widget, kind, box, data }: Props & { data: WidgetData }) {
  const { time } = useDashboardContext();
  const share = useChartShare();
  const linksOf = useLinks(widget.links, data.window);
  const { filterBy } = useVariables();
  const { annotate } = useMarks();
  const note = useMemo(
    () =>
      annotate === null
        ? {}
        : { annotate: (start_ms: number, end_ms: number) => annotate(start_ms, end_ms, widget.id) },
    [annotate, widget.id],
  );
  const { on } = useAsTable(widget.id);
  const asTable = on && canBeTable(kind);
  const options = useMemo(
    () => (asTable ? { ...tableOptions(widget) } : { ...(kind.defaults as object), ...widget.options }),
    [asTable, kind, widget],
  );
  const plain = asTable || kind.transform === undefined;
  const shown = plain ? data : { ...data, frame: kind.transform?.(data.frame, options) ?? data.frame };
  return createElement(viewOf(asTable ? table : kind), {
    title: widget.title,
    options,
    data: shown,
    width: box.width,
    height: box.height,
    zone: time.zone,
    reducedMotion: share.still(),
    linksOf,
    zoomTo: time.zoomTo,
    zoomOut: time.zoomOut,
    ...note,
    filter: filterBy,
  });
}
