/** Arithmetic over the answers of other questions: `$A / $B * 100`, `max($A)`, `round($A)`. Parser and evaluator. */

export type Node =
  | { kind: "number"; value: number }
  | { kind: "ref"; ref: string; from: number; to: number }
  | { kind: "negate"; of: Node }
  | { kind: "binary"; op: Op; left: Node; right: Node }
  | { kind: "call"; name: string; args: Node[]; from: number; to: number };

export type Op = "+" | "-" | "*" | "/" | "%" | "^";

export class FormulaError extends Error {
  constructor(
    message: string,
    readonly from: number,
    readonly to: number,
  ) {
    super(message);
  }
}

interface Token {
  kind: "number" | "ref" | "name" | "sign" | "end";
  text: string;
  from: number;
  to: number;
}

const TOKEN =
  /\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|\$\{(\w+)\}|\$(\w+)|([A-Za-z_]\w*)|([-+*/%^(),]))/y;
const DEPTH = 100;

/** One value each. */
export const ELEMENTWISE: Readonly<Record<string, (value: number) => number>> = {
  abs: Math.abs,
  ceil: Math.ceil,
  floor: Math.floor,
  round: Math.round,
  sqrt: Math.sqrt,
  exp: Math.exp,
  ln: Math.log,
  log2: Math.log2,
  log10: Math.log10,
};
/** All series of a moment; with several arguments those of each. */
export const ACROSS = ["sum", "avg", "min", "max", "count"] as const;
export type Across = (typeof ACROSS)[number];
const isAcross = (name: string): name is Across => (ACROSS as readonly string[]).includes(name);

function tokens(text: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  while (text.slice(at).trim() !== "") {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) {
      const from = at + (text.slice(at).length - text.slice(at).trimStart().length);
      throw new FormulaError(`"${text.charAt(from)}" means nothing in a formula.`, from, from + 1);
    }
    const to = TOKEN.lastIndex;
    const whole = match[0].trim();
    const ref = match[2] ?? match[3];
    const kind =
      match[1] !== undefined ? "number" : ref !== undefined ? "ref" : match[4] !== undefined ? "name" : "sign";
    found.push({ kind, text: ref ?? whole, from: to - whole.length, to });
    at = to;
  }
  found.push({ kind: "end", text: "", from: text.length, to: text.length });
  return found;
}

class Parser {
  private at = 0;
  private depth = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  whole(): Node {
    const node = this.sum();
    const rest = this.peek();
    if (rest.kind !== "end") throw new FormulaError(`"${rest.text}" is not expected here.`, rest.from, rest.to);
    return node;
  }

  private peek(): Token {
    return this.tokens[Math.min(this.at, this.tokens.length - 1)] as Token;
  }

  private next(): Token {
    const token = this.peek();
    this.at += 1;
    return token;
  }

  private takes(...signs: string[]): string | null {
    const { kind, text } = this.peek();
    if (kind !== "sign" || !signs.includes(text)) return null;
    this.at += 1;
    return text;
  }

  private sum(): Node {
    let left = this.product();
    for (let op = this.takes("+", "-"); op !== null; op = this.takes("+", "-")) {
      left = { kind: "binary", op: op as Op, left, right: this.product() };
    }
    return left;
  }

  private product(): Node {
    let left = this.unary();
    for (let op = this.takes("*", "/", "%"); op !== null; op = this.takes("*", "/", "%")) {
      left = { kind: "binary", op: op as Op, left, right: this.unary() };
    }
    return left;
  }

  private unary(): Node {
    const { from, to } = this.peek();
    this.depth += 1;
    if (this.depth > DEPTH) throw new FormulaError(`A formula may be nested ${DEPTH} deep.`, from, to);
    const sign = this.takes("-", "+");
    const node: Node = sign === "-" ? { kind: "negate", of: this.unary() } : sign === "+" ? this.unary() : this.power();
    this.depth -= 1;
    return node;
  }

  private power(): Node {
    const left = this.atom();
    return this.takes("^") === null ? left : { kind: "binary", op: "^", left, right: this.unary() };
  }

  private atom(): Node {
    const token = this.next();
    const { kind, text, from, to } = token;
    if (kind === "number") return { kind: "number", value: Number(text) };
    if (kind === "ref") return { kind: "ref", ref: text, from, to };
    if (kind === "name") return this.peek().text === "(" ? this.call(token) : { kind: "ref", ref: text, from, to };
    if (text === "(") {
      const node = this.sum();
      this.close();
      return node;
    }
    throw new FormulaError(
      kind === "end" ? "Something is missing at the end." : `"${text}" is not expected here.`,
      from,
      to,
    );
  }

  private call({ text, from, to }: Token): Node {
    if (ELEMENTWISE[text] === undefined && !isAcross(text)) {
      throw new FormulaError(`There is no function "${text}".`, from, to);
    }
    this.takes("(");
    const args = [this.sum()];
    while (this.takes(",") !== null) args.push(this.sum());
    this.close();
    if (!isAcross(text) && args.length > 1) throw new FormulaError(`"${text}" takes one value.`, from, to);
    return { kind: "call", name: text, args, from, to };
  }

  private close(): void {
    const { text, from, to } = this.next();
    if (text !== ")") throw new FormulaError('A ")" is missing.', from, to);
  }
}

/** The tree of a formula; throws a `FormulaError` with the place. */
export function parseFormula(text: string): Node {
  return new Parser(tokens(text)).whole();
}

/** The refs a formula speaks of. */
export function refsOf(node: Node): Set<string> {
  switch (node.kind) {
    case "number":
      return new Set();
    case "ref":
      return new Set([node.ref]);
    case "negate":
      return refsOf(node.of);
    case "binary":
      return new Set([...refsOf(node.left), ...refsOf(node.right)]);
    case "call":
      return new Set(node.args.flatMap((one) => [...refsOf(one)]));
  }
}
