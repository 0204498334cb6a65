/** Kinds of widgets made from what the server says of plugins. */

import type { ComponentType } from "react";
import { createElement } from "react";
import { displayName, identity, varyingLabels } from "../../data/labels";
import { DEFAULT_FORMAT } from "../../data/fieldFormat";
import { SAMPLE_END_MS } from "../kinds/schema";
import type { Category, Frame, OptionField, OptionSchema, WidgetKind } from "../plugin";

/** As `GET /api/v1/plugins` has it. */
export interface PluginEntry {
  name: string;
  title: string;
  version: string;
  description: string;
  category: Category;
  needs: string;
  mode: "range" | "instant" | "none";
  live: boolean;
  cache_ms: number;
  size: { w: number; h: number; minW: number; minH: number };
  schema: OptionSchema;
  defaults: Readonly<Record<string, unknown>>;
  sample: { step_ms: number; series: readonly { labels: Record<string, string>; values: (number | null)[] }[] };
  digest: string;
  frame: string;
  icon: string;
  is_pinned: boolean;
}

export interface PluginKind extends WidgetKind {
  plugin: PluginEntry;
}

const PREFIX = "plugin:";

/** The name of a plugin by the kind of a widget; null for one of the page's own. */
export function pluginName(kind: string): string | null {
  return kind.startsWith(PREFIX) ? kind.slice(PREFIX.length) : null;
}

/** What an option has where nothing is set. */
const EMPTY: Readonly<Record<OptionField["type"], unknown>> = {
  string: "",
  number: 0,
  integer: 0,
  boolean: false,
  array: [],
};

export function pluginKind(plugin: PluginEntry): PluginKind {
  const properties = Object.entries(plugin.schema.properties);
  return {
    plugin,
    kind: `${PREFIX}${plugin.name}`,
    name: plugin.title,
    version: plugin.version,
    description: `${plugin.description}${plugin.is_pinned ? "" : " In development: not what its manifest pins."}`,
    category: plugin.category,
    icon: iconOf(plugin),
    ...(plugin.needs === "" ? {} : { needs: plugin.needs }),
    mode: plugin.mode,
    schema: plugin.schema,
    defaults: Object.fromEntries(
      properties.map(([name, field]) => [
        name,
        plugin.defaults[name] ?? field.default ?? field.enum?.[0] ?? EMPTY[field.type],
      ]),
    ),
    size: plugin.size,
    live: plugin.live,
    cache_ms: plugin.cache_ms,
    load: async () => {
      const { pluginView } = await import("./PluginView");
      return { default: pluginView(plugin) };
    },
    sample: () => sampleOf(plugin),
  };
}

/** The shape of its picture in the colour of the text around it, as icons of the page are. */
function iconOf({ icon }: PluginEntry): ComponentType<{ className?: string }> {
  const style = { maskImage: `url("${encodeURI(icon)}")` };
  return function PluginIcon({ className = "" }) {
    return createElement("span", { className: `${className} plugin-icon`, style, "aria-hidden": true });
  };
}

function sampleOf({ sample: { step_ms, series } }: PluginEntry): Frame {
  const rows = series[0]?.values.length ?? 0;
  const start = SAMPLE_END_MS - (rows - 1) * step_ms;
  const varying = varyingLabels(series.map((one) => one.labels));
  return {
    times: Float64Array.from({ length: rows }, (_, row) => start + row * step_ms),
    step_ms,
    series: series.map(({ labels, values }) => ({
      key: identity(labels),
      ref: "A",
      name: displayName(labels, varying),
      labels,
      values: Float64Array.from(values, (value) => value ?? NaN),
      format: DEFAULT_FORMAT,
    })),
  };
}
