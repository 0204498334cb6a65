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

/** The server counts characters, JavaScript counts UTF-16 units. */
function unitOffset(text: string, characters: number): number {
  let units = 0;
  let left = characters;
  for (const character of text) {
    if (left <= 0) break;
    left -= 1;
    units += character.length;
  }
  return units;
}

/** A span of the server that can be underlined: inside the text and at least a character wide. */
export function visibleSpan(text: string, start: number, end: number): { from: number; to: number } {
  const from = unitOffset(text, start);
  const to = Math.max(from, unitOffset(text, end));
  if (to > from) return { from, to };
  return from > 0 ? { from: from - 1, to: from } : { from, to: Math.min(1, text.length) };
}

export interface Fix {
  /** What the button says. */
  label: string;
  /** The whole query with the repair. */
  text: string;
}

const WANTS_RANGE = /expected type range vector .*got instant vector/;
const BRACES = /\{(?:[^{}"'`]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)*\}/s.source;
const SELECTOR = new RegExp(`^(?:[a-zA-Z_:][\\w:]*\\s*(?:${BRACES})?|${BRACES})$`, "s");

/** The repair that suggests itself: a selector gets a window, anything else becomes a subquery. */
export function rangeFix(text: string, { from, to, message }: Problem): Fix | null {
  if (!WANTS_RANGE.test(message)) return null;
  const wrong = text.slice(from, to).trim();
  if (wrong === "") return null;
  const selects = SELECTOR.test(wrong);
  const window = selects ? "[1m]" : "[1m:]";
  const right = selects ? `${wrong}${window}` : `(${wrong})${window}`;
  return { label: `Add ${window}`, text: text.slice(0, from) + right + text.slice(to) };
}
