/**
 * Variables put into PromQL and into texts. Values are hostile: within quotes they are escaped for the quote and, in a
 * matcher with a regular expression, for that; outside of quotes only names, numbers and durations may stand.
 */

import type { Literal, Reference } from "./references";
import { escapeLiteral, escapeRegex, literals, quoted, references } from "./references";
import type { Scope, VariableValue } from "./scope";

export interface Problem {
  from: number;
  to: number;
  message: string;
}

export interface Interpolated {
  text: string;
  problems: readonly Problem[];
  /** Where a place of `text` is in what was written. */
  origin: (offset: number) => number;
}

interface Piece {
  from: number;
  to: number;
  text: string;
}

const ANYTHING = ".*";
const SAFE =
  /^(?:[A-Za-z_:][A-Za-z0-9_:]*|[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|(?:\d+(?:\.\d+)?(?:ms|s|m|h|d|w|y))+)$/;

const FORMATS: Readonly<Record<string, (values: readonly string[], value: VariableValue, name: string) => string>> = {
  raw: (values) => values.join(","),
  csv: (values) => values.join(","),
  text: (_, { texts }) => texts.join(" + "),
  pipe: (values) => values.join("|"),
  regex: (values) => alternatives(values.map(escapeRegex)),
  json: (values) => JSON.stringify(values),
  glob: (values) => (values.length === 1 ? (values[0] ?? "") : `{${values.join(",")}}`),
  doublequote: (values) => values.map(quoted).join(","),
  singlequote: (values) => values.map((one) => `'${escapeLiteral(one, "'")}'`).join(","),
  percentencode: (values) => encodeURIComponent(values.join(",").toWellFormed()),
  queryparam: (values, _, name) =>
    values.map((one) => `var-${encodeURIComponent(name)}=${encodeURIComponent(one.toWellFormed())}`).join("&"),
};

export const FORMAT_NAMES: readonly string[] = Object.keys(FORMATS);

function alternatives(patterns: readonly string[]): string {
  return patterns.length === 1 ? (patterns[0] ?? "") : `(${patterns.join("|")})`;
}

/** The pattern that holds for what is chosen. */
function pattern(value: VariableValue): string {
  if (value.all && value.allValue !== "") return value.allValue;
  if (value.values.length === 0) return value.all ? ANYTHING : "";
  return alternatives(value.values.map(escapeRegex));
}

const isSeveral = ({ values, all }: VariableValue): boolean => all || values.length > 1;

function formatted(reference: Reference, value: VariableValue): string {
  const format = FORMATS[reference.format];
  if (value.all && value.allValue !== "" && reference.format !== "text") return value.allValue;
  return (format ?? FORMATS["raw"])?.(value.values, value, reference.name) ?? "";
}

/** The PromQL with all variables put in. */
export function interpolatePromql(promql: string, scope: Scope): Interpolated {
  const problems: Problem[] = [];
  const pieces: Piece[] = [];
  const found = references(promql).filter(({ name, from }) => {
    if (scope.has(name)) return true;
    // in a text or comment a dollar sign may be meant
    return promql.startsWith("$", from) && !isQuoted(promql, from);
  });
  if (found.length === 0) return { text: promql, problems, origin: (offset) => offset };
  const quotes = literals(promql);
  for (const literal of quotes) pieces.push(...inLiteral(promql, literal, found, scope, problems));
  for (const reference of found) {
    if (quotes.some(({ from, to }) => reference.from >= from && reference.to <= to)) continue;
    pieces.push(outside(reference, scope, problems));
  }
  return assemble(promql, pieces, problems);
}

function isQuoted(promql: string, at: number): boolean {
  if (literals(promql).some(({ from, to }) => at >= from && at < to)) return true;
  const line = promql.slice(promql.lastIndexOf("\n", at - 1) + 1, at);
  return line.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g, "").includes("#");
}

function outside(reference: Reference, scope: Scope, problems: Problem[]): Piece {
  const { from, to, name } = reference;
  const value = scope.get(name);
  if (value === undefined) {
    problems.push({ from, to, message: `There is no variable "${name}".` });
    return { from, to, text: "" };
  }
  if (!value.trusted) {
    const parts = value.values.flatMap((one) => one.split(","));
    const wrong = parts.find((one) => !SAFE.test(one.trim()));
    if (wrong !== undefined || (value.all && value.values.length === 0)) {
      const shown = (wrong ?? "everything").slice(0, 60);
      problems.push({ from, to, message: `"${shown}", the value of "${name}", can stand only within quotes.` });
      return { from, to, text: "" };
    }
  }
  if (value.values.length === 0 && value.allValue === "") {
    problems.push({ from, to, message: `The variable "${name}" has no value.` });
  }
  const text = formatted(reference, value);
  return { from, to, text: value.trusted || SAFE.test(text) || reference.format === "" ? text : quoted(text) };
}

const OPERATOR = /(=~|!~|!=|=)\s*$/;

function inLiteral(
  promql: string,
  literal: Literal,
  found: readonly Reference[],
  scope: Scope,
  problems: Problem[],
): Piece[] {
  const inner = found.filter(({ from, to }) => from > literal.from && to < literal.to);
  if (inner.length === 0) return [];
  const operator = OPERATOR.exec(promql.slice(0, literal.from));
  let regex = operator?.[1]?.endsWith("~") === true;
  const pieces: Piece[] = [];
  const [only] = inner;
  const value = scope.get(only?.name ?? "");
  const whole = only !== undefined && only.from === literal.from + 1 && only.to === literal.to - 1;
  if (operator !== null && !regex && value !== undefined && isSeveral(value) && only?.format === "") {
    // several values never equal one: what is meant is any of them
    if (whole) {
      regex = true;
      pieces.push({ from: operator.index, to: literal.from, text: operator[1] === "=" ? "=~" : "!~" });
    } else {
      problems.push({ from: only.from, to: only.to, message: `"${only.name}" has several values: use =~ here.` });
    }
  }
  for (const { from, to, name } of inner) {
    const one = scope.get(name);
    if (one?.values.length === 0 && !one.all) {
      problems.push({ from, to, message: `The variable "${name}" has no value.` });
    }
  }
  const texts = inner.map((reference) => within(reference, scope, regex));
  return [
    ...pieces,
    ...(literal.quote === "`" ? requoted(promql, literal, inner, texts) : escaped(literal, inner, texts)),
  ];
}

function within(reference: Reference, scope: Scope, regex: boolean): string {
  const value = scope.get(reference.name);
  if (value === undefined) return "";
  return regex && reference.format === "" ? pattern(value) : formatted(reference, value);
}

function escaped({ quote }: Literal, inner: readonly Reference[], texts: readonly string[]): Piece[] {
  return inner.map(({ from, to }, at) => ({
    from,
    to,
    text: escapeLiteral(texts[at] ?? "", quote === "'" ? "'" : '"'),
  }));
}

/** In back quotes nothing can be escaped: the literal becomes one in double quotes. */
function requoted(promql: string, literal: Literal, inner: readonly Reference[], texts: readonly string[]): Piece[] {
  let text = "";
  let at = literal.from + 1;
  inner.forEach((reference, index) => {
    text += promql.slice(at, reference.from) + (texts[index] ?? "");
    at = reference.to;
  });
  return [{ from: literal.from, to: literal.to, text: quoted(text + promql.slice(at, literal.to - 1)) }];
}

function assemble(source: string, pieces: Piece[], problems: readonly Problem[]): Interpolated {
  pieces.sort((a, b) => a.from - b.from);
  const moved: { out: number; end: number; from: number; to: number }[] = [];
  let [text, at] = ["", 0];
  for (const piece of pieces) {
    text += source.slice(at, piece.from);
    moved.push({ out: text.length, end: text.length + piece.text.length, from: piece.from, to: piece.to });
    text += piece.text;
    at = piece.to;
  }
  text += source.slice(at);
  const origin = (offset: number): number => {
    let shift = 0;
    for (const { out, end, from, to } of moved) {
      if (offset < out) break;
      if (offset < end) return from;
      shift = to - end;
    }
    return offset + shift;
  };
  return { text, problems, origin };
}

/** A title, legend or text with all variables put in; what is not a variable stays. */
export function interpolateText(text: string, scope: Scope): string {
  return replaced(text, scope, (reference, value) =>
    reference.format === ""
      ? (FORMATS["text"]?.(value.values, value, reference.name) ?? "")
      : formatted(reference, value),
  );
}

/** An address with all variables put in, each encoded as a part of it. */
export function interpolateUrl(url: string, scope: Scope): string {
  return replaced(url, scope, (reference, value) =>
    reference.format === "queryparam"
      ? formatted(reference, value)
      : encodeURIComponent(
          (reference.format === "" ? value.values.join(",") : formatted(reference, value)).toWellFormed(),
        ),
  );
}

function replaced(text: string, scope: Scope, write: (reference: Reference, value: VariableValue) => string): string {
  let [out, at] = ["", 0];
  for (const reference of references(text)) {
    const value = scope.get(reference.field === "" ? reference.name : `${reference.name}.${reference.field}`);
    if (value === undefined) continue;
    out += text.slice(at, reference.from) + write(reference, value);
    at = reference.to;
  }
  return out + text.slice(at);
}
