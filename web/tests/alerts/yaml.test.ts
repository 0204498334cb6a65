import { describe, expect, it } from "vitest";
import { fileOf, problemIn, yamlOf } from "../../src/pages/alerts/rules/yaml/text";

describe("a rule as YAML", () => {
  it("begins with what people read first, without what is empty or only for programs", () => {
    const rule = {
      id: "r-1",
      labels: { team: "shop", "a b": "yes" },
      annotations: { summary: "{{ $labels.i }} isn't well: {{ $value }}", description: "one\n\ntwo: # 2" },
      severity: "high" as const,
      for: "5m",
      owner: "",
      alert: "Slow",
      condition: { kind: "threshold" as const, query: 'rate(x{a="b"}[5m])', op: ">" as const, value: 0.5 },
    };
    expect(yamlOf(rule)).toBe(`alert: Slow
condition:
  kind: threshold
  query: 'rate(x{a="b"}[5m])'
  op: '>'
  value: 0.5
for: 5m
labels:
  team: shop
  a b: 'yes'
annotations:
  summary: '{{ $labels.i }} isn''t well: {{ $value }}'
  description: |-
    one

    two: # 2
severity: high
`);
  });

  it("has lists, and texts that cannot stand as they are, in quotes", () => {
    const of = [
      { kind: "absence" as const, query: " up" },
      { kind: "promql" as const, query: "a\n\tb" },
    ];
    expect(yamlOf({ alert: "5", condition: { kind: "and", of, on: ["job"] }, tags: ["null", "night shift"] })).toBe(
      `alert: '5'
condition:
  kind: and
  of:
  - kind: absence
    query: ' up'
  - kind: promql
    query: "a\\n\\tb"
  'on':
  - job
tags:
- 'null'
- night shift
`,
    );
  });

  it("is a file of one rule to the server, whose lines are counted as they are typed", () => {
    expect(fileOf("alert: A\n\nexpr: up")).toBe("groups:\n- name: rule\n  rules:\n  -\n    alert: A\n\n    expr: up");
    expect(problemIn("line 7: expr: it is wrong")).toBe("line 3: expr: it is wrong");
  });
});
