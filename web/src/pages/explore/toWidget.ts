/** What is asked in Explore as a widget of a dashboard. */

import type { Dashboard, Widget } from "../../dashboards/document";
import { freshId, newQuery, newWidget } from "../../dashboards/document";
import { freePlace } from "../../dashboards/layout";
import type { ExploreState, ResultView } from "./exploreState";
import { letter } from "./exploreState";

const KINDS: Readonly<Record<ResultView, { kind: string; options: Record<string, unknown> }>> = {
  lines: { kind: "line", options: {} },
  stacked: { kind: "area", options: { stack: "normal" } },
  heat: { kind: "heatmap", options: {} },
  table: { kind: "table", options: {} },
};
const SIZE = { w: 6, h: 6 };
const TITLE_LENGTH = 80;

type Asked = Pick<ExploreState, "queries" | "hidden" | "view">;

/** What a widget of it would be called. */
export function titleOf(queries: readonly string[]): string {
  const [first = ""] = queries.filter((one) => one.trim() !== "");
  const line = first.trim().replace(/\s+/g, " ");
  return line.length <= TITLE_LENGTH ? line : `${line.slice(0, TITLE_LENGTH - 1)}\u2026`;
}

/** The dashboard with one widget more, in the highest place that is free. */
export function withWidget(dashboard: Dashboard, title: string, { queries, hidden, view }: Asked): Dashboard {
  const { kind, options } = KINDS[view];
  const own = dashboard.widgets.filter((one) => one.section === "");
  const id = freshId("w", new Set(dashboard.widgets.map((one) => one.id)));
  const widget: Widget = {
    ...newWidget(id, kind, freePlace(own, SIZE)),
    title,
    options,
    queries: queries.flatMap((text, at) =>
      text.trim() === ""
        ? []
        : [
            {
              ...newQuery(letter(at), text),
              hidden: hidden.includes(letter(at)),
              mode: view === "table" ? ("instant" as const) : ("range" as const),
            },
          ],
    ),
  };
  return { ...dashboard, widgets: [...dashboard.widgets, widget] };
}
