import { Braces, FileCode2, FileImage, Printer, Sheet as SheetIcon } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import { describeRange, formatMoment, zoneName } from "../../../data/timeRange";
import { useSession } from "../../../queries/session";
import type { Time } from "../../../queries/useTime";
import { Button, Notice, useAction } from "../../../ui";
import { download, downloadBlob, downloadJson, fileName } from "../../../widgets/download";
import { interpolateText } from "../../data/interpolate";
import { useScope } from "../../data/variables";
import { widgetTitle } from "../../diff";
import { writeDashboard } from "../../document";
import { findShown, originOf } from "../../repeat";
import { useDashboardNow } from "../../store";
import type { Band, Paper } from "./layout";
import { paperOf, widgetsOf } from "./layout";
import { onWhite, printed } from "./paper";
import { pictureOf, pngOf } from "./picture";
import { Sheet } from "./Sheet";
import { csvOf, htmlOf } from "./texts";
import { useTables } from "./useTables";
import "./export.css";

/** A4 across, between its margins, at 96 pixels an inch. */
const A4: Paper = { width: 1046, row: 48, gap: 8, most: 640 };
const SCREEN: Paper = { width: 1360, row: 48, gap: 8, most: Infinity };

interface Wanted {
  bands: readonly Band[];
  width: number;
  ready: (sheet: HTMLElement) => void;
}

interface Props {
  time: Time;
  /** The widget that is meant; empty: the whole dashboard. */
  widget: string;
}

/** What is shown as a file: a picture, its data, its document, a page, or on paper. */
export function ExportTab({ time, widget }: Props) {
  const { clock } = useSession();
  const now = useDashboardNow();
  const { scope } = useScope();
  const tables = useTables(time);
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const about = useMemo(() => {
    const { name, spec } = now().draft;
    const found = widget === "" ? null : findShown(spec, scope, widget);
    const title = found === null ? name : interpolateText(widgetTitle(found.widget), scope);
    const bands = (paper: Paper): Band[] => {
      if (found === null) return paperOf(spec, scope, paper);
      const height = Math.min(paper.most, 520);
      const shown = [{ widget: found.widget, bound: found.bound, left: 0, top: 0, width: paper.width, height }];
      return [{ id: widget, height, shown }];
    };
    return { title, bands };
  }, [now, scope, widget]);
  const { title, bands } = about;
  const words = (): string => {
    const { start_ms, end_ms } = time.window();
    const ends = [start_ms, end_ms].map((at) => formatMoment(at, time.zone, true, true)).join(" to ");
    return `${describeRange(time.range, clock.now(), time.zone)} · ${ends} ${zoneName(time.zone, end_ms)}`;
  };
  const drawn = (paper: Paper): Promise<HTMLElement> =>
    new Promise((ready) => setWanted({ bands: bands(paper), width: paper.width, ready }));
  const busy = useAction(
    useCallback(async (make: () => Promise<void>) => {
      try {
        await make();
      } finally {
        setWanted(null);
      }
    }, []),
  );
  const picture = async () => {
    const there =
      widget === "" ? null : document.querySelector<HTMLElement>(`[data-frame="${CSS.escape(widget)}"] .panel`);
    return pictureOf(there ?? (await drawn(SCREEN)), `${title} · ${words()}`);
  };
  const png = async () => downloadBlob(fileName(title, "png"), await pngOf(await picture()));
  const data = () => tables(widgetsOf(bands(SCREEN)));
  const csv = async () => {
    const text = csvOf(await data(), time.zone, zoneName(time.zone, clock.now()));
    download(fileName(title, "csv"), "text/csv;charset=utf-8", text);
  };
  const html = async () => {
    const [all, { canvas, width }] = [await data(), await picture()];
    const shot = { src: canvas.toDataURL("image/png"), width };
    const text = htmlOf({ title, when: words(), picture: shot, tables: all, zone: time.zone });
    download(fileName(title, "html"), "text/html;charset=utf-8", text);
  };
  const json = () => {
    const { name, spec } = now().draft;
    const only = spec.widgets.filter((one) => one.id === originOf(widget)).map((one) => ({ ...one, section: "" }));
    const kept = widget === "" ? spec : { ...spec, widgets: only, sections: [] };
    downloadJson(`${title}.json`, {
      kind: "vedette/dashboard",
      name: widget === "" ? name : title,
      spec: writeDashboard(kept),
    });
  };
  const paper = () =>
    onWhite(async () => {
      await drawn(A4);
      await printed();
    });
  const run = (make: () => Promise<void>) => () => void busy.run(make);
  const waits = busy.busy;
  return (
    <div className="grid gap-3">
      <p className="soft">{widget === "" ? "All of the dashboard" : "This widget"} as a file, with the data of now.</p>
      <div className="flex flex-wrap gap-2">
        <Button icon={FileImage} disabled={waits} onClick={run(png)}>
          Picture (PNG)
        </Button>
        <Button icon={SheetIcon} disabled={waits} onClick={run(csv)}>
          Data (CSV)
        </Button>
        <Button icon={Braces} disabled={waits} onClick={json}>
          Document (JSON)
        </Button>
        <Button icon={FileCode2} disabled={waits} onClick={run(html)}>
          Page (HTML)
        </Button>
        <Button icon={Printer} disabled={waits} onClick={run(paper)}>
          Print or save as PDF
        </Button>
      </div>
      <p className="muted">
        The page opens without a network. For PDF the browser asks where to print: choose &quot;Save as PDF&quot;.
      </p>
      <p className="muted" role="status">
        {waits ? "Drawing" : ""}
      </p>
      {busy.error === null ? null : <Notice kind="crit">{busy.error.message}</Notice>}
      {wanted === null ? null : <Sheet {...wanted} title={title} when={words()} />}
    </div>
  );
}
