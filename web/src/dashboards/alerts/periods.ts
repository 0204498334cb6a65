/** Alerts of the dashboard's time as marks, and which widgets they are about. Pure. */

import type { AlertPeriod, AlertView } from "../../api/alerts";
import { agrees } from "../../charts/pointed";
import { alertAddress } from "../../data/alertAddress";
import type { Labels } from "../../data/labels";
import { identity } from "../../data/labels";
import type { WidgetMark } from "../../widgets/plugin";

export interface AlertMark extends WidgetMark {
  labels: Labels;
}

const OWN = new Set(["alertname", "severity"]);

const wordsOf = (labels: Labels): string =>
  Object.entries(labels)
    .filter(([name]) => !OWN.has(name))
    .map(([name, value]) => `${name}=${value}`)
    .join(", ");

/** `told`: who takes care of those that fire now. */
export function periodMarks(periods: readonly AlertPeriod[], told: readonly AlertView[]): AlertMark[] {
  const taken = new Map(told.flatMap((one) => (one.acked_by === "" ? [] : [[identity(one.labels), one.acked_by]])));
  return periods.map(({ labels, state, start_ms, end_ms }): AlertMark => {
    const by = end_ms === null && state === "firing" ? taken.get(identity(labels)) : undefined;
    const severity = labels["severity"] ?? "";
    const about = [severity, wordsOf(labels), by === undefined ? "" : `taken care of by ${by}`];
    return {
      time_ms: start_ms,
      end_ms,
      title: labels["alertname"] ?? "Alert",
      text: about.filter((part) => part !== "").join(" \u00b7 "),
      kind: "alert",
      status: by !== undefined ? "info" : state === "firing" ? "crit" : "warn",
      href: alertAddress(labels, start_ms),
      labels,
    };
  });
}

/** A selector of labels, however it is written: with or without its braces. */
export function selectorOf(match: string): string {
  const text = match.trim();
  return text === "" || text.startsWith("{") ? text : `{${text}}`;
}

export interface AlertSign {
  status: "warn" | "crit";
  /** "SlowCheckout fires", or how many do. */
  words: string;
  href: string;
}

/** What a widget's header says: alerts that are open at a moment, of the rules that watch what the widget shows. */
export function signOf(
  marks: readonly AlertMark[],
  names: ReadonlySet<string>,
  series: readonly Labels[],
  now_ms: number,
): AlertSign | null {
  const open = marks.filter(({ title, time_ms, end_ms, labels }) => {
    if (time_ms > now_ms || (end_ms !== null && end_ms <= now_ms)) return false;
    return names.has(title) && series.some((one) => agrees(labels, one));
  });
  const firing = open.filter((one) => one.status !== "warn");
  const worst = firing.length > 0 ? firing : open;
  const [first] = worst;
  if (first === undefined) return null;
  const verb = firing.length > 0 ? (worst.length === 1 ? "fires" : "fire") : "pending";
  const titles = new Set(worst.map((one) => one.title));
  const what = titles.size === 1 && worst.length === 1 ? first.title : `${worst.length} alerts`;
  return {
    status: firing.length > 0 ? "crit" : "warn",
    words: `${what} ${verb}`,
    href:
      worst.length === 1
        ? (first.href ?? "/alerts")
        : `/alerts/open?${new URLSearchParams(titles.size === 1 ? { text: `alertname=${first.title}` } : {}).toString()}`,
  };
}
