import { parser, StringLiteral, UnquotedLabelMatcher } from "@prometheus-io/lezer-promql";
import { describe, expect, it } from "vitest";
import type { AdhocFilter } from "../../src/dashboards/data/adhoc";
import { addFilters, filterText, parseFilter } from "../../src/dashboards/data/adhoc";
import { interpolatePromql, interpolateText, interpolateUrl } from "../../src/dashboards/data/interpolate";
import { escapeRegex } from "../../src/dashboards/data/references";
import type { Scope, VariableValue } from "../../src/dashboards/data/scope";
import { builtins, constant } from "../../src/dashboards/data/scope";
import { envelopeOf, shifted } from "../../src/dashboards/data/rewrite";
import { made } from "./made";

function value(...values: string[]): VariableValue {
  return { values, texts: values, all: false, allValue: "", trusted: false };
}

const scope = (values: Record<string, VariableValue>): Scope => new Map(Object.entries(values));
const put = (promql: string, values: Record<string, VariableValue>): string =>
  interpolatePromql(promql, scope(values)).text;

/** What a PromQL literal means. */
function meaning(literal: string): string {
  if (literal.startsWith("`")) return literal.slice(1, -1);
  return literal
    .slice(1, -1)
    .replace(/\\(u[0-9a-f]{4}|.)/gs, (_, code: string) =>
      code.length > 1
        ? String.fromCharCode(Number.parseInt(code.slice(1), 16))
        : ({ n: "\n", r: "\r", t: "\t" }[code] ?? code),
    );
}

/** Labels and meanings of all matchers; null when the text is broken. */
function matchers(promql: string): [string, string][] | null {
  const found: [string, string][] = [];
  const errors: number[] = [];
  parser.parse(promql).iterate({
    enter: ({ type, node }) => {
      if (type.isError) errors.push(node.from);
      const literal = type.id === UnquotedLabelMatcher ? node.getChild(StringLiteral) : null;
      if (literal === null) return;
      const [name = ""] = promql.slice(node.from, node.to).split(/[=!]/);
      found.push([name, meaning(promql.slice(literal.from, literal.to))]);
    },
  });
  return errors.length > 0 ? null : found;
}

describe("variables in PromQL", () => {
  it("keeps a hostile value one value, in every kind of quotes", () => {
    for (const hostile of made(400, (random) => random.text())) {
      for (const quote of ['"', "'", "`"]) {
        const text = put(`sum(up{job=${quote}$job${quote}, a="b"})`, { job: value(hostile) });
        expect(matchers(text), text).toEqual([
          ["job", hostile],
          ["a", "b"],
        ]);
      }
    }
  });

  it("makes a regular expression that means exactly the chosen values", () => {
    for (const [one, other] of made(300, (random) => [random.text(), random.text()] as const)) {
      const text = put('up{job=~"$job"}', { job: value(one, other) });
      const pattern = matchers(text)?.[0]?.[1] ?? "";
      const regex = new RegExp(`^(?:${pattern})$`, "su");
      expect(regex.test(one) && regex.test(other)).toBe(true);
      expect(regex.test(`${one}x${other}`)).toBe(false);
    }
  });

  it("writes all forms of a reference", () => {
    const values = { job: value("a") };
    for (const form of ["$job", "${job}", "[[job]]", "${job:raw}", "[[job:raw]]"]) {
      expect(put(`up{job="${form}"}`, values)).toBe('up{job="a"}');
    }
  });

  it("asks for any of several values where one is compared with", () => {
    const several = { job: value("a", "b.c") };
    expect(put('up{job="$job"}', several)).toBe('up{job=~"(a|b\\\\.c)"}');
    expect(put('up{job!="$job"}', several)).toBe('up{job!~"(a|b\\\\.c)"}');
    expect(interpolatePromql('up{job="x-$job"}', scope(several)).problems).toHaveLength(1);
  });

  it("takes everything as the author said, or as anything while it is not known", () => {
    const all = { ...value(), all: true };
    expect(put('up{job=~"$job"}', { job: all })).toBe('up{job=~".*"}');
    expect(put('up{job=~"$job"}', { job: { ...all, allValue: "a.+" } })).toBe('up{job=~"a.+"}');
  });

  it("lets only names, numbers and durations stand outside of quotes", () => {
    expect(put("rate(up[$w])", { w: value("5m") })).toBe("rate(up[5m])");
    expect(put("sum by ($by) (up)", { by: value("job", "host") })).toBe("sum by (job,host) (up)");
    const { problems } = interpolatePromql("topk($n, up)", scope({ n: value("1, up) or (secret") }));
    expect(problems).toMatchObject([{ from: 5, to: 7 }]);
    expect(put("$expr", { expr: constant("sum(up) / 2") })).toBe("sum(up) / 2");
  });

  it("says which name is not known, and leaves dollar signs that mean something else", () => {
    expect(interpolatePromql("rate(up[$nope])", scope({})).problems).toMatchObject([{ from: 8, to: 13 }]);
    const kept = 'label_replace(up, "a", "$1", "b", "^x$") # costs $5 or $more';
    expect(interpolatePromql(kept, scope({}))).toMatchObject({ text: kept, problems: [] });
  });

  it("formats as asked", () => {
    const values = { v: { ...value("a b", "c"), texts: ["A", "C"] } };
    const forms = ["csv", "pipe", "json", "text", "percentencode", "regex", "queryparam"];
    expect(forms.map((form) => interpolateText(`\${v:${form}}`, scope(values)))).toEqual([
      "a b,c",
      "a b|c",
      '["a b","c"]',
      "A + C",
      "a%20b%2Cc",
      "(a b|c)",
      "var-v=a%20b&var-v=c",
    ]);
    expect(interpolateUrl("/x?y=$v", scope({ v: value("a&b#") }))).toBe("/x?y=a%26b%23");
  });

  it("tells where a place of the sent text was written", () => {
    const source = 'rate(up{job="$job"}[$w])';
    const { text, origin } = interpolatePromql(source, scope({ job: value("long name"), w: value("5m") }));
    for (const mark of ["rate", "up", "])", "}["]) expect(origin(text.indexOf(mark))).toBe(source.indexOf(mark));
    expect(source.slice(origin(text.indexOf("long"))).startsWith("$job")).toBe(true);
  });

  it("knows step and range", () => {
    const names = builtins(10_000, { start_ms: 0, end_ms: 3_600_000 });
    const text = "rate(x[$__rate_interval]) + $__interval_ms + $__range_s + sum_over_time(x[$__range:$__interval])";
    expect(interpolatePromql(text, names).text).toBe("rate(x[1m]) + 10000 + 3600 + sum_over_time(x[1h:10s])");
  });

  it("escapes regular expressions so that they mean the text", () => {
    for (const text of made(200, (random) => random.text())) {
      expect(new RegExp(`^(?:${escapeRegex(text)})$`, "su").test(text)).toBe(true);
    }
  });
});

describe("filters of the dashboard", () => {
  it("are added to every selector and nowhere else", () => {
    const filters: AdhocFilter[] = [{ label: "host", op: "=", value: 'a"b' }];
    expect(addFilters('sum by (host) (rate(x{a="{}"}[5m] offset 1m)) / y + 1', filters)).toBe(
      'sum by (host) (rate(x{a="{}", host="a\\"b"}[5m] offset 1m)) / y{host="a\\"b"} + 1',
    );
    expect(addFilters("{__name__='x',} and z{}", filters)).toBe('{__name__=\'x\',host="a\\"b"} and z{host="a\\"b"}');
    expect(addFilters("sum(", filters)).toBe("sum(");
  });

  it("keep a hostile value one value", () => {
    for (const hostile of made(200, (random) => random.text())) {
      const found = matchers(addFilters('up{a="b"}', [{ label: "l", op: "=", value: hostile }]));
      expect(found).toEqual([
        ["a", "b"],
        ["l", hostile],
      ]);
    }
  });

  it("survive the address", () => {
    for (const op of ["=", "!=", "=~", "!~"] as const) {
      const filter = { label: "host", op, value: "=a!~b" };
      expect(parseFilter(filterText(filter))).toEqual(filter);
    }
    expect(parseFilter("nothing")).toBeNull();
  });
});

describe("questions about an earlier time", () => {
  it("shift every selector, together with what it says itself", () => {
    expect(shifted("rate(x[5m]) / y offset 1h", 86_400_000)).toBe("rate(x[5m] offset 1d) / y offset 25h");
    expect(shifted("max_over_time(rate(x[1m])[5m:10s])", 60_000)).toBe("max_over_time(rate(x[1m] offset 1m)[5m:10s])");
    expect(shifted("x offset -1m", 60_000)).toBe("x offset 0s");
    expect(shifted("x @ 123", 60_000)).toBe("x @ 123");
    expect(shifted("x offset 1m @ end() + z", 60_000)).toBe("x offset 1m @ end() + z offset 1m");
    expect(shifted("sum(", 60_000)).toBeNull();
  });

  it("ask for the envelope over all samples of a selector, else only where finer steps are allowed", () => {
    expect(envelopeOf('x{a="b"}', 60_000, null)).toEqual({
      low: 'min_over_time(x{a="b"}[1m])',
      high: 'max_over_time(x{a="b"}[1m])',
    });
    expect(envelopeOf("rate(x[1m])", 60_000, null)).toBeNull();
    expect(envelopeOf("rate(x[1m])", 60_000, 5000)?.high).toBe("max_over_time((rate(x[1m]))[1m:5s])");
  });
});
