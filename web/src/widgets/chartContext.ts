/** What all charts of the page share. */

import { createContext, use } from "react";
import type { Crosshair } from "../charts/crosshair";
import type { Theme } from "../charts/palette";
import type { Interval, Zone } from "../data/timeRange";

export interface ChartShare {
  crosshair: Crosshair;
  loop: { add: (draw: () => void) => () => void };
  theme: () => Theme;
  /** The person asked for reduced motion. */
  still: () => boolean;
  /** The first pointer is a finger. */
  touch: () => boolean;
  /** Rises when theme or density changed. */
  themeVersion: number;
}

export interface ChartTime {
  window: () => Interval;
  zone: Zone;
  moving: boolean;
  zoomTo: (start_ms: number, end_ms: number) => void;
  zoomOut: () => void;
  /** Left out where nothing can be annotated. */
  annotate?: (start_ms: number, end_ms: number) => void;
}

const ShareContext = createContext<ChartShare | null>(null);
const TimeContext = createContext<ChartTime | null>(null);

export const ChartShareProvider = ShareContext.Provider;
export const ChartTimeProvider = TimeContext.Provider;

export function useChartShare(): ChartShare {
  const share = use(ShareContext);
  if (share === null) throw new Error("a chart outside of its provider");
  return share;
}

export function useChartTime(): ChartTime {
  const time = use(TimeContext);
  if (time === null) throw new Error("a chart outside of a time range");
  return time;
}
