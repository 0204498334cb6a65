/** Names of metrics in PromQL, found without parsing it. */

const WORDS = new Set([
  ...["and", "or", "unless", "by", "without", "on", "ignoring", "group_left", "group_right", "bool", "offset"],
  ...["inf", "nan", "start", "end", "atan2"],
]);
const LABELS = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^()]*\)/gi;

/** Names of the metrics that a query reads, each once. */
export function metricsOf(query: string): string[] {
  const text = query
    .replace(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`/g, '""')
    .replace(/#.*$/gm, "")
    .replace(/\{[^{}]*\}/g, "{}")
    .replace(/\[[^[\]]*\]/g, "")
    .replace(LABELS, " ");
  const names = text.matchAll(/(?<![\w:.])[a-zA-Z_:][\w:]*(?!\s*\()(?![\w:])/g);
  return [...new Set([...names].map(([name]) => name))].filter((name) => !WORDS.has(name.toLowerCase()));
}
