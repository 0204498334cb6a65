import { Suspense, createElement, useMemo } from "react";
import { WidgetBoundary } from "../canvas/WidgetBoundary";
import { useBox } from "../canvas/useBox";
import { useVisible } from "../data/useVisible";
import { viewOf } from "../canvas/kindView";
import { useDashboardContext } from "../context";
import { useSession } from "../../queries/session";
import type { WidgetData } from "../../widgets/plugin";
import type { AnyWidgetKind } from "../../widgets/registry";

const NO_LINKS = () => [];
const IGNORED = () => undefined;
/** Drawn at the size of a widget and made small, as a photograph of it. */
const FULL = { width: 300, height: 150 };

/** A kind as it looks with its made-up data. */
export function Thumbnail({ kind }: { kind: AnyWidgetKind }) {
  // what draws in three dimensions is large: it is fetched for a widget, not for a picture of one
  if (kind.category === "space") {
    return (
      <div className="dash-thumb dash-thumb--icon">
        <kind.icon className="icon" />
      </div>
    );
  }
  return <Live kind={kind} />;
}

function Live({ kind }: { kind: AnyWidgetKind }) {
  const [element, box] = useBox();
  const near = useVisible(element);
  const scale = (box?.width ?? 0) / FULL.width;
  return (
    <div ref={element} className="dash-thumb" inert>
      {near && scale > 0 ? (
        <div style={{ ...FULL, transform: `scale(${scale})`, transformOrigin: "0 0" }}>
          <WidgetBoundary>
            <Drawn kind={kind} />
          </WidgetBoundary>
        </div>
      ) : null}
    </div>
  );
}

function Drawn({ kind }: { kind: AnyWidgetKind }) {
  const { time } = useDashboardContext();
  const { clock } = useSession();
  const data = useMemo((): WidgetData => {
    const frame = kind.sample();
    const end_ms = frame.times.at(-1) ?? clock.now();
    return {
      status: "ready",
      frame,
      version: 1,
      window: { start_ms: frame.times[0] ?? end_ms - 1, end_ms },
      now_ms: end_ms,
      live: false,
      stale_ms: null,
      marks: [],
    };
  }, [kind, clock]);
  return (
    <Suspense fallback={null}>
      {createElement(viewOf(kind), {
        title: kind.name,
        options: kind.defaults as Record<string, unknown>,
        data,
        ...FULL,
        zone: time.zone,
        reducedMotion: true,
        linksOf: NO_LINKS,
        zoomTo: IGNORED,
        filter: IGNORED,
      })}
    </Suspense>
  );
}
