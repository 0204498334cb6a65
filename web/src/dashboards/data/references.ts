/** Where a text speaks of variables: `$name`, `${name}`, `${name.field}`, `${name:format}`, `[[name]]`. */

export interface Reference {
  from: number;
  to: number;
  name: string;
  field: string;
  format: string;
}

const NAME = "[A-Za-z_][A-Za-z0-9_]*";
const REFERENCE = new RegExp(
  `\\$(${NAME})|\\$\\{(${NAME})(?:\\.([^:{}]+))?(?::([^{}]*))?\\}|\\[\\[(${NAME})(?::(\\w+))?\\]\\]`,
  "g",
);

export function references(text: string): Reference[] {
  return Array.from(text.matchAll(REFERENCE), (match) => ({
    from: match.index,
    to: match.index + match[0].length,
    name: match[1] ?? match[2] ?? match[5] ?? "",
    field: match[3] ?? "",
    format: match[4] ?? match[6] ?? "",
  }));
}

/** Names a text speaks of. */
export const namesIn = (text: string): Set<string> => new Set(references(text).map((one) => one.name));

export interface Literal {
  from: number;
  to: number;
  quote: '"' | "'" | "`";
}

/** The quoted parts of a PromQL text, quotes included; comments hold none. */
export function literals(promql: string): Literal[] {
  const found: Literal[] = [];
  for (let at = 0; at < promql.length; at += 1) {
    const char = promql[at];
    if (char === "#") {
      const end = promql.indexOf("\n", at);
      if (end < 0) break;
      at = end;
    } else if (char === '"' || char === "'" || char === "`") {
      const from = at;
      at += 1;
      while (at < promql.length && promql[at] !== char) at += promql[at] === "\\" && char !== "`" ? 2 : 1;
      found.push({ from, to: Math.min(at + 1, promql.length), quote: char });
    }
  }
  return found;
}

const CONTROL: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** A text as the inside of a PromQL literal in double or single quotes. */
export function escapeLiteral(text: string, quote: '"' | "'"): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.toWellFormed().replace(/[\\"'\u0000-\u001f\u007f]/g, (char) => {
    if (char === "\\" || char === quote) return `\\${char}`;
    if (char === '"' || char === "'") return char;
    return CONTROL[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

export const quoted = (text: string): string => `"${escapeLiteral(text, '"')}"`;

/** A text that a regular expression of RE2 takes at its word. */
export const escapeRegex = (text: string): string => text.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&");
