/** What runs in a plugin's document before the plugin itself: it has the port, and calls the plugin when it is due. */

import { fieldText, paletteToken, writeField } from "../../../data/fieldFormat";
import { formatMoment } from "../../../data/timeRange";
import type { Reduce } from "../../kinds/schema";
import { reduceSeries } from "../../reduce";
import type { FromFrame, Sent, SentData, SentSeries, ToFrame } from "../protocol";

/** What a plugin is called with. */
export interface PluginContext extends Omit<Sent, "data" | "theme"> {
  root: HTMLElement;
  data: SentData;
  isDark: boolean;
  /** The value of a token of the page: "text", "s1", "crit". */
  color: (token: string) => string;
  /** The colour of a series; with a value, that of a threshold that it has reached where the widget wants that. */
  colorOf: (series: SentSeries, value?: number) => string;
  /** As everywhere on the page: unit, decimals, mappings. */
  format: (value: number, series: SentSeries) => string;
  formatTime: (time_ms: number) => string;
  /** One number for a series, NaN where there is none in the span that is shown. */
  reduce: (series: SentSeries, how: Reduce) => number;
  zoomTo: (start_ms: number, end_ms: number) => void;
  zoomOut: () => void;
  filter: (label: string, value: string) => void;
  /** Offers the links of a value. */
  choose: (series: SentSeries, value?: number, time_ms?: number) => void;
}

export type Change = "data" | "options" | "size" | "theme";

/** What a plugin gives to `vedette.define`. */
export interface Definition {
  start?: (context: PluginContext) => void;
  draw: (context: PluginContext, changed: ReadonlySet<Change>) => void;
  validate?: (options: Sent["options"]) => readonly string[];
  transform?: (data: SentData, options: Sent["options"]) => SentData;
}

interface Surroundings {
  root: HTMLElement;
  send: (message: FromFrame) => void;
  /** Before the next picture. */
  soon: (run: () => void) => void;
}

const CHANGES: Readonly<Record<keyof Sent, Change>> = {
  title: "options",
  zone: "options",
  reducedMotion: "options",
  options: "options",
  width: "size",
  height: "size",
  theme: "theme",
  data: "data",
};

/** The words of anything that was thrown. */
export function wordsOf(thrown: unknown): string {
  return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
}

export class Runtime {
  private definition: Definition | null = null;
  private sent: Partial<Sent> = {};
  private transformed: SentData | null = null;
  /** Since the last picture; there is none yet. */
  private changed = new Set<Change>(Object.values(CHANGES));
  private problems: readonly string[] = [];
  private isReady = false;
  private isStarted = false;
  private isDue = false;

  constructor(private readonly around: Surroundings) {}

  define(definition: Definition): void {
    if (this.definition !== null) throw new Error("vedette.define was called before");
    if (typeof definition.draw !== "function") throw new TypeError("vedette.define needs an object with draw()");
    this.definition = definition;
    this.go(["options"]);
  }

  take(message: ToFrame): void {
    if (message.op === "ping") {
      this.around.send({ op: "pong", count: message.count });
      return;
    }
    this.sent = { ...this.sent, ...message.sent };
    const changed = Object.keys(message.sent).map((name) => CHANGES[name as keyof Sent]);
    for (const one of changed) this.changed.add(one);
    this.go(changed);
  }

  fail(thrown: unknown): void {
    this.around.send({ op: "failed", message: wordsOf(thrown) });
  }

  /**
   * What has to be said at once is said at once, the picture comes before the next paint: a document that nobody sees
   * is never painted, and still is there.
   */
  private go(changed: readonly Change[]): void {
    const { definition, sent } = this;
    if (definition === null || !isWhole(sent)) return;
    const isFirst = !this.isReady;
    if (isFirst) this.around.send({ op: "ready" });
    this.isReady = true;
    this.guarded(() => {
      if (isFirst || changed.includes("options")) this.check(definition, sent);
    });
    if (this.isDue || this.problems.length > 0) return;
    this.isDue = true;
    this.around.soon(() => {
      this.isDue = false;
      this.guarded(() => this.draw());
    });
  }

  private guarded(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.fail(error);
    }
  }

  private check(definition: Definition, sent: Sent): void {
    const problems = (definition.validate?.(sent.options) ?? []).map(String);
    if (problems.join("\n") !== this.problems.join("\n")) this.around.send({ op: "problems", problems });
    this.problems = problems;
  }

  private draw(): void {
    const { definition, sent, changed } = this;
    if (definition === null || !isWhole(sent) || this.problems.length > 0) return;
    this.changed = new Set();
    if (changed.has("theme")) this.applyTheme(sent);
    if (changed.has("data") || changed.has("options")) {
      this.transformed = definition.transform?.(sent.data, sent.options) ?? sent.data;
    }
    const context = this.context(sent, this.transformed ?? sent.data);
    if (!this.isStarted) {
      this.isStarted = true;
      definition.start?.(context);
    }
    definition.draw(context, changed);
    this.around.send({ op: "drawn", version: sent.data.version });
  }

  private applyTheme({ theme }: Sent): void {
    const { style, dataset } = this.around.root.ownerDocument.documentElement;
    dataset["theme"] = theme.isDark ? "dark" : "light";
    for (const [name, value] of Object.entries(theme.tokens)) style.setProperty(`--${name}`, value);
  }

  private context(sent: Sent, data: SentData): PluginContext {
    const { send } = this.around;
    const { theme, ...rest } = sent;
    const color = (token: string): string => theme.tokens[token] ?? "";
    return {
      ...rest,
      data,
      root: this.around.root,
      isDark: theme.isDark,
      color,
      colorOf: (series, value) => color(tokenOf(series, value)),
      format: (value, { format }) => writeField(value, format),
      formatTime: (time_ms) => formatMoment(time_ms, sent.zone, true, true),
      reduce: (series, how) => reduceSeries(data.times, series.values, how, data.window),
      zoomTo: (start_ms, end_ms) => send({ op: "zoom", start_ms, end_ms }),
      zoomOut: () => send({ op: "zoomOut" }),
      filter: (label, value) => send({ op: "filter", label, value }),
      choose: ({ key }, value, time_ms) => send({ op: "choose", key, value: value ?? null, time_ms: time_ms ?? null }),
    };
  }
}

function isWhole(sent: Partial<Sent>): sent is Sent {
  return Object.keys(CHANGES).every((name) => sent[name as keyof Sent] !== undefined);
}

function tokenOf({ format, category, isPast }: SentSeries, value: number | undefined): string {
  if (isPast) return "ghost";
  if (format.color === "thresholds" && value !== undefined) return fieldText(value, format).color || `s${category}`;
  return paletteToken(format.color) ?? `s${category}`;
}
