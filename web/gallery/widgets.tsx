/** Every kind of widget with its made-up data: /gallery/widgets.html of `npm run dev`; not in the package. */

import { StrictMode, Suspense, lazy, useLayoutEffect, useRef, useState } from "react";
import type { ComponentType } from "react";
import { createRoot } from "react-dom/client";
import "uplot/dist/uPlot.min.css";
import { Crosshair } from "../src/charts/crosshair";
import { readTheme } from "../src/charts/palette";
import { FrameLoop } from "../src/live/scheduler";
import "../src/ui/fonts";
import "../src/ui/index.css";
import "./gallery.css";
import { ChartShareProvider } from "../src/widgets/chartContext";
import { Panel } from "../src/widgets/Panel";
import { SAMPLE_END_MS } from "../src/widgets/kinds/schema";
import type { Frame, WidgetData, WidgetProps } from "../src/widgets/plugin";
import { widgetKinds } from "../src/widgets/registry";
import type { AnyWidgetKind } from "../src/widgets/registry";
import type { Variant } from "./variants";
import { VARIANTS } from "./variants";

const wanted = new URLSearchParams(location.search);
const theme = wanted.get("theme") === "dark" ? "dark" : "light";
document.documentElement.dataset["theme"] = theme;

const colours = readTheme();
// one of each kind, for the pictures that are kept
const oneEach = wanted.has("samples");
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const SHARE = {
  crosshair: new Crosshair(),
  loop: new FrameLoop(),
  theme: () => colours,
  still: () => still,
  touch: () => matchMedia("(pointer: coarse)").matches,
  themeVersion: 0,
};

function dataOf(frame: Frame, more: Partial<WidgetData> = {}): WidgetData {
  const end_ms = frame.times.at(-1) ?? SAMPLE_END_MS;
  const start_ms = frame.times.length > 1 ? (frame.times[0] ?? end_ms) : end_ms - 3_600_000;
  return {
    status: "ready",
    frame,
    version: 1,
    window: { start_ms, end_ms },
    now_ms: end_ms,
    live: true,
    stale_ms: null,
    marks: [],
    ...more,
  };
}

const VIEWS = new Map(widgetKinds().map((kind) => [kind, lazy(kind.load)]));

interface ShownProps {
  kind: AnyWidgetKind;
  View: ComponentType<WidgetProps<object>>;
  variant: Variant;
}

function Shown({ kind, View, variant }: ShownProps) {
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<{ width: number; height: number } | null>(null);
  const [data] = useState(() => dataOf(variant.frame?.() ?? kind.sample(), variant.data));
  useLayoutEffect(() => {
    const measured = box.current;
    if (measured === null) return;
    const watch = new ResizeObserver(() => setSize({ width: measured.clientWidth, height: measured.clientHeight }));
    watch.observe(measured);
    return () => watch.disconnect();
  }, []);
  const options: object = { ...(kind.defaults as object), ...variant.options };
  const shown = kind.transform?.(data.frame, options) ?? data.frame;
  const title = variant.name === "" ? kind.name : `${kind.name}, ${variant.name}`;
  return (
    <div
      className="wcell"
      data-kind={kind.kind}
      style={{ height: variant.height ?? kind.size.h * 56 - 8, gridColumn: `span ${variant.w ?? kind.size.w}` }}
    >
      <Panel title={title}>
        <div className="panel__body">
          <div className="h-full" ref={box}>
            {size === null ? null : (
              <Suspense fallback={<p className="muted">Loading</p>}>
                <View
                  title={title}
                  options={options}
                  data={{ ...data, frame: shown }}
                  {...size}
                  zone="utc"
                  reducedMotion={still}
                  linksOf={() => []}
                  zoomTo={() => undefined}
                  filter={() => undefined}
                />
              </Suspense>
            )}
          </div>
        </div>
      </Panel>
    </div>
  );
}

function variantsOf(kind: string): readonly Variant[] {
  const more = VARIANTS[kind] ?? [];
  return oneEach ? [more.find((one) => one.pictured === true) ?? { name: "" }] : [{ name: "" }, ...more];
}

function Gallery() {
  const kinds = widgetKinds().filter((one) => wanted.get("kind") === null || one.kind === wanted.get("kind"));
  return (
    <ChartShareProvider value={SHARE}>
      <main className="wgallery" aria-label="Widgets">
        <h1 className="sr-only">Widgets</h1>
        {kinds.flatMap((kind) => {
          const View = VIEWS.get(kind);
          if (View === undefined) return [];
          return variantsOf(kind.kind).map((variant) => (
            <Shown key={`${kind.kind} ${variant.name}`} kind={kind} View={View} variant={variant} />
          ));
        })}
      </main>
    </ChartShareProvider>
  );
}

const root = document.getElementById("root");
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <Gallery />
    </StrictMode>,
  );
}
