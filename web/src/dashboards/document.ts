/** The dashboard document in the page: every field is there, defaults are filled in when it is read. */

export const COLUMNS = 12;
export const MAX_WIDGETS = 500;

export interface Place {
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface Query {
  ref: string;
  text: string;
  kind: "promql" | "formula";
  mode: "range" | "instant";
  legend: string;
  hidden: boolean;
  min_step_ms: number;
  shift_ms: number;
}

export type Status = "ok" | "info" | "warn" | "crit" | "none";

export interface ThresholdOptions {
  status?: Status;
  value?: number | null;
  color?: string;
  label?: string;
}

export interface MappingOptions {
  kind?: "value" | "range" | "regex" | "special";
  value?: string;
  start?: number | null;
  end?: number | null;
  text?: string;
  status?: Status;
  color?: string;
}

/** How values are shown; what is missing or null leaves what is there. */
export interface FieldOptions {
  unit?: string | null;
  decimals?: number | null;
  min?: number | null;
  max?: number | null;
  scale?: "linear" | "log" | "symlog" | null;
  thresholds?: ThresholdOptions[] | null;
  mappings?: MappingOptions[] | null;
  nulls?: "gap" | "connect" | "zero" | null;
  color?: string | null;
  name?: string | null;
  hidden?: boolean | null;
  axis?: "left" | "right" | "hidden" | null;
  style?: Record<string, unknown> | null;
}

export interface Override {
  by: "name" | "regex" | "ref" | "label";
  match: string;
  options: FieldOptions;
}

export interface Link {
  title: string;
  url: string;
  dashboard: string;
  keeps_time: boolean;
  keeps_variables: boolean;
  new_tab: boolean;
}

export interface Repeat {
  variable: string;
  direction: "across" | "down";
  per_row: number;
}

export interface WidgetTime {
  last: string;
  shift: string;
  compare: string;
}

export interface Widget {
  id: string;
  kind: string;
  place: Place;
  title: string;
  description: string;
  section: string;
  queries: Query[];
  options: Record<string, unknown>;
  format: FieldOptions;
  overrides: Override[];
  links: Link[];
  time: WidgetTime;
  repeat: Repeat | null;
  locked: boolean;
  z: number;
  transparent: boolean;
}

export interface Section {
  id: string;
  title: string;
  kind: "fold" | "tab";
  collapsed: boolean;
  repeat: Repeat | null;
}

export interface Variable {
  name: string;
  kind: "label_values" | "query" | "custom" | "text" | "interval" | "constant" | "adhoc";
  label: string;
  description: string;
  query: string;
  of_label: string;
  regex: string;
  values: string[];
  default: string[];
  multi: boolean;
  with_all: boolean;
  all_value: string;
  sort: "none" | "text" | "number" | "natural";
  hide: "no" | "label" | "all";
  refresh: "load" | "time";
}

export interface Annotations {
  name: string;
  kind: "manual" | "query" | "alerts";
  query: string;
  title: string;
  text: string;
  tags: string[];
  color: string;
  enabled: boolean;
}

export interface Dashboard {
  schema: number;
  description: string;
  tags: string[];
  folder: string;
  timezone: string;
  time: { from: string; to: string };
  /** Duration: everything is asked for that much earlier. */
  shift: string;
  /** Duration, or `previous`: what widgets are compared with that say nothing of their own. */
  compare: string;
  refresh: string;
  crosshair: "off" | "line" | "tooltip";
  variables: Variable[];
  annotations: Annotations[];
  links: Link[];
  sections: Section[];
  widgets: Widget[];
}

/** Name and content: what is edited, saved and kept in versions. */
export interface Content {
  name: string;
  spec: Dashboard;
}

const QUERY: Omit<Query, "ref"> = {
  text: "",
  kind: "promql",
  mode: "range",
  legend: "",
  hidden: false,
  min_step_ms: 0,
  shift_ms: 0,
};
const LINK: Link = { title: "", url: "", dashboard: "", keeps_time: true, keeps_variables: true, new_tab: false };
const REPEAT: Repeat = { variable: "", direction: "across", per_row: 4 };
const WIDGET_TIME: WidgetTime = { last: "", shift: "", compare: "" };
const WIDGET: Omit<Widget, "id" | "kind" | "place"> = {
  title: "",
  description: "",
  section: "",
  queries: [],
  options: {},
  format: {},
  overrides: [],
  links: [],
  time: WIDGET_TIME,
  repeat: null,
  locked: false,
  z: 0,
  transparent: false,
};
const SECTION: Omit<Section, "id"> = { title: "", kind: "fold", collapsed: false, repeat: null };
const VARIABLE: Omit<Variable, "name"> = {
  kind: "label_values",
  label: "",
  description: "",
  query: "",
  of_label: "",
  regex: "",
  values: [],
  default: [],
  multi: false,
  with_all: false,
  all_value: "",
  sort: "natural",
  hide: "no",
  refresh: "load",
};
const ANNOTATIONS: Omit<Annotations, "name"> = {
  kind: "manual",
  query: "",
  title: "",
  text: "",
  tags: [],
  color: "",
  enabled: true,
};
const DASHBOARD: Dashboard = {
  schema: 1,
  description: "",
  tags: [],
  folder: "",
  timezone: "browser",
  time: { from: "now-1h", to: "now" },
  shift: "",
  compare: "",
  refresh: "live",
  crosshair: "line",
  variables: [],
  annotations: [],
  links: [],
  sections: [],
  widgets: [],
};

export const emptyDashboard = (): Dashboard => structuredClone(DASHBOARD);
export const newQuery = (ref: string, text = ""): Query => ({ ref, ...QUERY, text });
export const newSection = (id: string, title: string, kind: Section["kind"]): Section => ({
  ...SECTION,
  id,
  title,
  kind,
});
export const newMarkSource = (name: string, kind: Annotations["kind"]): Annotations => ({
  ...structuredClone(ANNOTATIONS),
  name,
  kind,
});
export const newVariable = (name: string): Variable => ({ name, ...structuredClone(VARIABLE) });

export function newWidget(id: string, kind: string, place: Place): Widget {
  return { ...structuredClone(WIDGET), id, kind, place };
}

type Loose = Readonly<Record<string, unknown>>;

const loose = (value: unknown): Loose =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Loose) : {};
const list = (value: unknown): Loose[] => (Array.isArray(value) ? value.map(loose) : []);

/** The defaults where the document says nothing, or something of another type. */
function fill<T extends object>(defaults: T, given: Loose): T {
  const filled: Record<string, unknown> = { ...given };
  for (const [name, value] of Object.entries(defaults)) {
    const own = given[name];
    const fits = typeof own === typeof value && Array.isArray(own) === Array.isArray(value) && own !== null;
    if (value === null ? own === undefined : !fits) filled[name] = structuredClone(value) as unknown;
  }
  return filled as T;
}

const whole = (value: unknown, low: number, high: number, fallback: number): number =>
  typeof value === "number" && Number.isFinite(value) ? Math.max(low, Math.min(high, Math.round(value))) : fallback;

/** A place within the grid. */
export function readPlace(given: unknown): Place {
  const { x, y, w, h } = loose(given);
  const width = whole(w, 1, COLUMNS, 6);
  return { x: whole(x, 0, COLUMNS - width, 0), y: whole(y, 0, 100_000, 0), w: width, h: whole(h, 1, 200, 4) };
}

const readRepeat = (given: unknown): Repeat | null =>
  typeof given === "object" && given !== null ? fill(REPEAT, loose(given)) : null;

export function readWidget(given: Loose, id: string): Widget {
  const own = fill({ id, kind: "", ...WIDGET }, given);
  return {
    ...own,
    place: readPlace(given["place"]),
    queries: list(own.queries).map((query, at) => fill({ ref: String.fromCharCode(65 + (at % 26)), ...QUERY }, query)),
    overrides: list(own.overrides).map((one) => fill<Override>({ by: "name", match: "", options: {} }, one)),
    links: list(own.links).map((link) => fill(LINK, link)),
    time: fill(WIDGET_TIME, loose(own.time)),
    repeat: readRepeat(own.repeat),
  };
}

/** The content of a document, whatever it left out; ids are made unique. */
export function readDashboard(given: unknown): Dashboard {
  const own = fill(DASHBOARD, loose(given));
  const taken = new Set<string>();
  const unique = (id: string): string => {
    let free = id === "" ? "w" : id;
    for (let count = 2; taken.has(free); count += 1) free = `${id}-${count}`;
    taken.add(free);
    return free;
  };
  return {
    ...own,
    tags: own.tags.filter((tag) => typeof tag === "string"),
    time: fill(DASHBOARD.time, loose(own.time)),
    variables: list(own.variables).map((one) => fill({ name: "variable", ...VARIABLE }, one)),
    annotations: list(own.annotations).map((one) => fill({ name: "", ...ANNOTATIONS }, one)),
    links: list(own.links).map((link) => fill(LINK, link)),
    sections: list(own.sections).map((one, at) => {
      const section = fill({ id: `section-${at + 1}`, ...SECTION }, one);
      return { ...section, repeat: readRepeat(section.repeat) };
    }),
    widgets: list(own.widgets).map((one, at) => {
      const widget = readWidget(one, `w${at + 1}`);
      return { ...widget, id: unique(widget.id) };
    }),
  };
}

function same(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function sparse<T extends object>(value: T, defaults: object): Partial<T> {
  const known = defaults as Loose;
  const kept = Object.entries(value).filter(([name, own]) => !(name in known) || !same(own, known[name]));
  return Object.fromEntries(kept) as Partial<T>;
}

const writeLink = (link: Link): object => sparse(link, { ...LINK, title: null });

export const writeWidget = (one: Widget): object => ({
  ...sparse(one, WIDGET),
  ...(one.queries.length === 0 ? {} : { queries: one.queries.map((query) => sparse(query, QUERY)) }),
  ...(one.links.length === 0 ? {} : { links: one.links.map(writeLink) }),
});

/** As it is sent and exported: what is at its default is left out. */
export function writeDashboard(dashboard: Dashboard): Record<string, unknown> {
  const all = {
    ...dashboard,
    variables: dashboard.variables.map((one) => sparse(one, VARIABLE)),
    annotations: dashboard.annotations.map((one) => sparse(one, ANNOTATIONS)),
    links: dashboard.links.map(writeLink),
    sections: dashboard.sections.map((one) => sparse(one, SECTION)),
    widgets: dashboard.widgets.map(writeWidget),
  };
  return { ...sparse(all, DASHBOARD), schema: dashboard.schema };
}

/** An id that no other has. */
export function freshId(prefix: string, taken: ReadonlySet<string>, random: () => number = Math.random): string {
  for (;;) {
    const id = `${prefix}-${Math.floor(random() * 36 ** 6)
      .toString(36)
      .padStart(6, "0")}`;
    if (!taken.has(id)) return id;
  }
}
