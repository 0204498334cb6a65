import { Rotate3d } from "lucide-react";
import type { WidgetKind } from "../plugin";
import { choose, defaultsOf, flag, number, sampleFrame, words, wobble } from "./schema";

export interface Scatter3dOptions {
  x: string;
  y: string;
  z: string;
  /** Ref of the query that gives the size; empty: all alike. */
  size: string;
  color: "series" | "height";
  points: "window" | "last";
  radius: number;
  names: boolean;
}

const properties = {
  x: words("Query to the right", "Axes", "", { description: "Its ref, such as A; empty: the first." }),
  y: words("Query upwards", "Axes", "", { description: "Its ref; empty: the second." }),
  z: words("Query to the front", "Axes", "", { description: "Its ref; empty: the third." }),
  size: words("Query of the size", "Axes", "", { description: "Its ref; empty: all alike." }),
  color: choose("Colour by", "Display", [["series", "Series or threshold"], ["height", "Height"]]), // prettier-ignore
  points: choose("Points", "Display", [["window", "Every moment of the window"], ["last", "The newest of each series"]]), // prettier-ignore
  radius: number("Size", "Display", 3, 1, 12),
  names: flag("Names", "Display", false),
};

export const scatter3d: WidgetKind<Scatter3dOptions> = {
  kind: "scatter3d",
  name: "Scatter 3-D",
  version: "1.0",
  description: "Three numbers against each other, to turn, zoom and choose from.",
  category: "space",
  icon: Rotate3d,
  needs: "three queries with the same labels",
  mode: "range",
  schema: { type: "object", properties },
  defaults: defaultsOf(properties),
  size: { w: 4, h: 6, minW: 2, minH: 4 },
  live: true,
  cache_ms: 0,
  load: () => import("../views/Scatter3dView"),
  sample: () => {
    const axis = (ref: string, seed: number) => {
      const made = sampleFrame(
        ["eu", "us", "ap"].map((region, at) => ({
          labels: { region },
          value: (row: number) => 50 + 24 * (((at + seed) % 3) - 1) + 16 * wobble(row, at * 3 + seed),
        })),
      );
      return { ...made, series: made.series.map((one) => ({ ...one, ref, key: `${ref} ${one.key}` })) };
    };
    const [x, y, z] = [axis("A", 0), axis("B", 1), axis("C", 2)];
    return { ...x, series: [...x.series, ...y.series, ...z.series] };
  },
};
