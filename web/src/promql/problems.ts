/** What is wrong with a query, and where. */

export interface Problem {
  from: number;
  to: number;
  severity: "error" | "warning" | "info";
  message: string;
}

/** "2:8" as people count lines and columns. */
export function lineAndColumn(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  return `${line}:${offset - before.lastIndexOf("\n")}`;
}

/** The server's message without the place it repeats. */
export function plainMessage(message: string): string {
  return message
    .replace(/^invalid parameter "query": /, "")
    .replace(/^\d+:\d+: /, "")
    .replace(/^parse error: /, "");
}

/** A span that can be underlined: inside the text and at least a character wide. */
export function visibleSpan(text: string, start: number, end: number): { from: number; to: number } {
  const from = Math.max(0, Math.min(start, text.length));
  const to = Math.max(from, Math.min(end, text.length));
  if (to > from) return { from, to };
  return from > 0 ? { from: from - 1, to: from } : { from, to: Math.min(1, text.length) };
}
