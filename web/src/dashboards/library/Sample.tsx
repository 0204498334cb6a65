import { createElement, useMemo } from "react";
import type { Zone } from "../../data/timeRange";
import { useSession } from "../../queries/session";
import type { WidgetData } from "../../widgets/plugin";
import type { AnyWidgetKind } from "../../widgets/registry";
import { viewOf } from "../canvas/kindView";

const NO_LINKS = () => [];
const IGNORED = () => undefined;

interface Props {
  kind: AnyWidgetKind;
  title: string;
  options: Record<string, unknown>;
  width: number;
  height: number;
  zone: Zone;
}

/** A widget with the made-up data of its kind. */
export function Sample({ kind, title, options, width, height, zone }: Props) {
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
  return createElement(viewOf(kind), {
    title,
    options,
    data,
    width,
    height,
    zone,
    reducedMotion: true,
    linksOf: NO_LINKS,
    zoomTo: IGNORED,
    filter: IGNORED,
  });
}
