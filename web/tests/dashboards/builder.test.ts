import { parser } from "@prometheus-io/lezer-promql";
import { describe, expect, it } from "vitest";
import { maskVariables } from "../../src/dashboards/data/mask";
import type { BuilderQuery, Operation } from "../../src/dashboards/editor/builder/model";
import { NotBuildable, readQuery, startOf, writeQuery } from "../../src/dashboards/editor/builder/model";
import { OPERATIONS } from "../../src/dashboards/editor/builder/operations";
import { explained } from "../../src/dashboards/editor/builder/words";
import { made } from "./made";

const same = (text: string): string => writeQuery(readQuery(text));

describe("builder and code", () => {
  it("keep each other: what is built reads back as it was", () => {
    const windows = OPERATIONS.filter((one) => one.kind === "window");
    const others = OPERATIONS.filter((one) => one.kind !== "window");
    const queries = made(500, (random): BuilderQuery => {
      const operation = (from: typeof OPERATIONS): Operation => {
        const { name, kind, param, after } = random.pick(from);
        return {
          name,
          ...(kind === "window" ? { window: random.pick(["5m", "$__rate_interval", "${w}"]) } : {}),
          ...(param === undefined && after === undefined ? {} : { number: random.pick(["0.99", "5", "-2", "$n"]) }),
          ...(kind === "aggregate" && random.below(2) === 0
            ? { grouping: { by: random.below(2) === 0, labels: random.pick([["le"], ["a", "b"]]) } }
            : {}),
        };
      };
      const inner = random.below(2) === 0 ? [operation(windows)] : [];
      return {
        metric: random.pick(["up", "node_load1", "a:b_total"]),
        matchers: Array.from({ length: random.below(3) }, (_, at) => ({
          label: `l${at}`,
          op: random.pick(["=", "!=", "=~", "!~"] as const),
          value: random.text(),
        })),
        operations: [...inner, ...Array.from({ length: random.below(4) }, () => operation(others))],
      };
    });
    for (const query of queries) expect(readQuery(writeQuery(query)), writeQuery(query)).toEqual(query);
  });

  it("read what people write", () => {
    for (const text of [
      'histogram_quantile(0.99, sum by (le) (rate(x_bucket{cluster="$cluster", node!="vdb-11"}[1m])))',
      "topk(5, rate(up[$__rate_interval]))",
      "sum without (host) (up) / 2",
      "avg by ($label) (up) > 0.5",
    ]) {
      expect(same(text)).toBe(text);
    }
    expect(same("sum(rate(x[5m])) by (job)")).toBe("sum by (job) (rate(x[5m]))");
    expect(same("(((up)))")).toBe("up");
  });

  it("says why something is code only", () => {
    for (const text of [
      "a / b",
      "1 - up",
      "rate(x[5m] offset 1h)",
      "max_over_time(rate(x[1m])[5m:1m])",
      "label_replace(up, 'a', '$1', 'b', '(.*)')",
      "sum(",
      "up # why",
      "$metric",
      "-up",
    ]) {
      expect(() => readQuery(text), text).toThrow(NotBuildable);
    }
  });

  it("starts a metric with what fits its type", () => {
    const started = (metric: string, type: string): string =>
      writeQuery({ metric, matchers: [], operations: startOf(metric, type) });
    expect(started("requests_total", "counter")).toBe("rate(requests_total[$__rate_interval])");
    expect(started("x_bucket", "histogram")).toBe(
      "histogram_quantile(0.95, sum by (le) (rate(x_bucket[$__rate_interval])))",
    );
    expect(started("memory_bytes", "gauge")).toBe("memory_bytes");
  });

  it("is told in words", () => {
    expect(explained(readQuery('sum by (job) (rate(x_total{a="b"}[5m]))'))).toBe(
      'Take x_total where a is "b"; growth a second, averaged over the window, over 5m; sum over series for each job.',
    );
  });
});

describe("variables for a parser of plain PromQL", () => {
  it("become something that can stand there, as long as they are", () => {
    for (const text of [
      "rate(x[$w])",
      "sum by (${l}) (x)",
      "x offset $o",
      'x{a="$b"} + $c',
      "max_over_time(x[$a:$b])",
    ]) {
      const masked = maskVariables(text);
      expect(masked).toHaveLength(text.length);
      const errors: number[] = [];
      parser.parse(masked).iterate({
        enter: ({ type, from }) => {
          if (type.isError) errors.push(from);
        },
      });
      expect(errors, masked).toEqual([]);
    }
  });
});
