/** The door for widgets: what a kind of widget is, and what it is given. The page's own kinds use it as a third party's do. */

import type { ComponentType } from "react";
import type { FieldFormat, Threshold } from "../data/fieldFormat";
import type { Labels } from "../data/labels";

export type { FieldFormat, Threshold, ValueMapping } from "../data/fieldFormat";

export type Category = "time" | "number" | "distribution" | "relation" | "space" | "table" | "text" | "status";

/** One series of an answer. `key` stays the same while the page is open and gives the series its colour everywhere. */
export interface WidgetSeries {
  key: string;
  ref: string;
  name: string;
  labels: Labels;
  /** As long as `Frame.times`; NaN where there is no value. */
  values: Float64Array;
  /** Present where the server was asked for an envelope: least and greatest value of each step. */
  low?: Float64Array;
  high?: Float64Array;
  /** Options of the widget with all overrides that hold for this series. */
  format: FieldFormat;
  /** The name that its options give it, not its labels. */
  given?: string;
  /** The same series an earlier time ago, drawn as a ghost. */
  isPast?: boolean;
}

export interface Frame {
  /** Milliseconds since 1970, rising; one moment for an instant question. */
  times: Float64Array;
  step_ms: number;
  series: readonly WidgetSeries[];
}

export interface WidgetMark {
  time_ms: number;
  end_ms: number | null;
  title: string;
  text: string;
  kind: "annotation" | "alert" | "gap";
  status: Threshold["status"];
  /** A token of the palette instead of the usual colour. */
  color?: string;
  /** Where more is said about it. */
  href?: string;
}

/** A rule fires while what a query shows is beyond this value. */
export interface WidgetLimit {
  /** The query. */
  ref: string;
  rule: string;
  op: string;
  value: number;
  status: Threshold["status"];
}

export interface WidgetLink {
  title: string;
  href: string;
  newTab: boolean;
}

/** What a widget is given to draw. Widgets fetch nothing. */
export interface WidgetData {
  status: "first" | "loading" | "ready" | "error";
  frame: Frame;
  /** Rises with each change of data. */
  version: number;
  /** The span that is shown; in playback its end is the moment of the playhead. */
  window: { start_ms: number; end_ms: number };
  /** `window` at this very instant, where it moves with the clock: lines glide. Left out, they move when data comes. */
  windowNow?: () => { start_ms: number; end_ms: number };
  /** The moment that counts as now. */
  now_ms: number;
  live: boolean;
  stale_ms: number | null;
  marks: readonly WidgetMark[];
  /** What rules hold against it; left out where they are not to be seen. */
  limits?: readonly WidgetLimit[];
}

export interface WidgetProps<Options> {
  title: string;
  options: Options;
  data: WidgetData;
  /** Pixels inside of the panel's padding: the box that the picture fills. */
  width: number;
  height: number;
  zone: string;
  reducedMotion: boolean;
  /** Links of a value: what a click on it offers. */
  linksOf: (series: WidgetSeries, value: number | null, time_ms: number | null) => readonly WidgetLink[];
  zoomTo: (start_ms: number, end_ms: number) => void;
  /** A moment or a stretch was chosen to be annotated; left out where nobody may. */
  annotate?: (start_ms: number, end_ms: number) => void;
  /** Double click on a chart. */
  zoomOut?: () => void;
  /** A label's value was chosen, to filter the dashboard by it. */
  filter: (label: string, value: string) => void;
}

/** The part of JSON Schema that forms are made from. */
export interface OptionSchema {
  type: "object";
  properties: Readonly<Record<string, OptionField>>;
  required?: readonly string[];
}

export interface OptionField {
  type: "string" | "number" | "integer" | "boolean" | "array";
  title: string;
  description?: string;
  default?: unknown;
  enum?: readonly (string | number)[];
  /** Words for the values of `enum`, in their order. */
  enumTitles?: readonly string[];
  minimum?: number;
  maximum?: number;
  items?: { type: "string" | "number" };
  /** Heading under which fields are put together. */
  group?: string;
  /** Shown only while another field has one of these values. */
  when?: { field: string; is: readonly unknown[] };
}

export interface WidgetKind<Options extends object = Record<string, unknown>> {
  kind: string;
  name: string;
  version: string;
  description: string;
  category: Category;
  icon: ComponentType<{ className?: string }>;
  /** What it draws from, in words for an empty picture and the editor: "numbers over time". */
  needs?: string;
  /** What it asks for when a query does not say. */
  mode: "range" | "instant" | "none";
  schema: OptionSchema;
  defaults: Options;
  size: { w: number; h: number; minW: number; minH: number };
  /** Whether it shows new values as they arrive. */
  live: boolean;
  /** How long an answer may be shown again without asking. */
  cache_ms: number;
  /** What is wrong with options that fit the schema, in words. */
  validate?: (options: Options) => readonly string[];
  transform?: (frame: Frame, options: Options) => Frame;
  /** Imported when first shown. */
  load: () => Promise<{ default: ComponentType<WidgetProps<Options>> }>;
  /** Made-up data for the thumbnail in the library. */
  sample: () => Frame;
}
