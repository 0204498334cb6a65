/** Label sets and the names people see for them. Values are hostile text: shown as text only. */

export type Labels = Readonly<Record<string, string>>;

const NAME = "__name__";

/** A stable identity: names sorted, length-prefixed so that no value can imitate another set. */
export function identity(labels: Labels): string {
  return Object.keys(labels)
    .sort()
    .map((name) => `${name}=${labels[name]?.length ?? 0}:${labels[name] ?? ""}`)
    .join(",");
}

/** What arithmetic keeps of a series: all labels but the name of its metric. */
export function withoutName(labels: Labels): Labels {
  return NAME in labels ? Object.fromEntries(Object.entries(labels).filter(([name]) => name !== NAME)) : labels;
}

function quote(value: string): string {
  return JSON.stringify(value);
}

/** As PromQL writes it: name{a="b"}. */
export function selectorText(labels: Labels): string {
  const rest = Object.keys(labels)
    .filter((name) => name !== NAME)
    .sort()
    .map((name) => `${name}=${quote(labels[name] ?? "")}`);
  const name = labels[NAME] ?? "";
  return rest.length === 0 && name !== "" ? name : `${name}{${rest.join(", ")}}`;
}

/** Names of the labels whose values differ between the sets, `__name__` first; what a legend needs to tell. */
export function varyingLabels(sets: readonly Labels[]): string[] {
  const names = new Set(sets.flatMap((labels) => Object.keys(labels)));
  return [...names]
    .filter((name) => sets.some((labels) => labels[name] !== sets[0]?.[name]))
    .sort((a, b) => (a === NAME ? -1 : b === NAME ? 1 : a < b ? -1 : 1));
}

/** What tells this series from its neighbours, as pairs; all labels when it is alone. */
export function distinctPairs(labels: Labels, varying: readonly string[]): [string, string][] {
  const names = varying.length > 0 ? varying : Object.keys(labels).sort();
  return names.filter((name) => labels[name] !== undefined).map((name) => [name, labels[name] ?? ""]);
}

/** One line of text for tooltips and screen readers. */
export function displayName(labels: Labels, varying: readonly string[]): string {
  const pairs = distinctPairs(labels, varying);
  if (pairs.length === 0) return selectorText(labels) === "{}" ? "value" : selectorText(labels);
  if (pairs.length === 1 && varying.length === 1) return pairs[0]?.[1] ?? "";
  return pairs.map(([name, value]) => (name === NAME ? value : `${name}=${value}`)).join(", ");
}
