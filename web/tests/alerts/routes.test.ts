import { describe, expect, it } from "vitest";
import type { Route } from "../../src/api/routing";
import {
  added,
  countOf,
  inheritedAt,
  moved,
  nodeAt,
  nodeProblem,
  numberOf,
  ownWords,
  placeOf,
  receiversOf,
  removed,
  replaced,
  routeOf,
  specOf,
  timingsIn,
} from "../../src/pages/alerts/routes/route";

const matchers = (value: string) => [{ label: "severity", op: "=", value }] as const;

const TREE: Route = {
  receiver: "ops",
  group_by: ["cluster"],
  routes: [
    { matchers: matchers("low"), receiver: "dashboard", mute_timings: ["nights"] },
    {
      matchers: matchers("high"),
      repeat_interval_ms: 3_600_000,
      routes: [{ matchers: matchers("x"), receiver: "search", active_timings: ["day"] }],
    },
  ],
};

describe("changes of a tree", () => {
  it("touch one node and leave what is below it", () => {
    const next = replaced(TREE, [1], { matchers: matchers("critical"), receiver: "phone" });
    expect(nodeAt(next, [1])?.receiver).toBe("phone");
    expect(nodeAt(next, [1, 0])).toEqual(nodeAt(TREE, [1, 0]));
    expect(replaced(TREE, [], { receiver: "all" }).routes).toEqual(TREE.routes);
  });

  it("add below, move among neighbours, and remove with all below", () => {
    const node = { receiver: "new", matchers: matchers("y") };
    expect(nodeAt(added(TREE, [1, 0], node), [1, 0, 0])).toEqual(node);
    expect(nodeAt(moved(TREE, [1], -1), [0, 0])?.receiver).toBe("search");
    expect(moved(TREE, [0], -1)).toEqual(TREE);
    expect(countOf(TREE)).toBe(4);
    expect(countOf(removed(TREE, [1]))).toBe(2);
    expect(removed(TREE, [])).toBe(TREE);
    expect(nodeAt(TREE, [7, 0])).toBeNull();
  });
});

describe("what is kept of a tree", () => {
  it("is what was read, without what is empty or inherited", () => {
    expect(specOf(routeOf(specOf(TREE)))).toEqual(specOf(TREE));
    expect(
      specOf({ receiver: "", matchers: [], group_wait_ms: null, escalation: "", continue: false, routes: [] }),
    ).toEqual({ escalation: "" });
    const root = { receiver: "ops", matchers: matchers("low"), continue: true };
    expect(specOf(root)).toEqual({ receiver: "ops" });
    expect(specOf(root, false)).toEqual(root);
  });

  it("is read whatever a document says", () => {
    expect(routeOf("hostile")).toEqual({});
    expect(routeOf({ routes: [null], mute_timings: [1, "a"] })).toMatchObject({ routes: [{}], mute_timings: ["a"] });
    expect(receiversOf(TREE)).toEqual(["ops", "dashboard", "search"]);
    expect(timingsIn(TREE)).toEqual(["nights", "day"]);
  });
});

describe("a node", () => {
  it("inherits what the nodes above say", () => {
    expect(inheritedAt(TREE, [])).toMatchObject({ receiver: "", group_by: ["alertname"], group_wait_ms: 500 });
    expect(inheritedAt(TREE, [1, 0])).toMatchObject({
      receiver: "ops",
      group_by: ["cluster"],
      repeat_interval_ms: 3_600_000,
    });
  });

  it("is told in words, and called as the server does", () => {
    expect(ownWords({ group_by: ["..."], group_wait_ms: 30_000, mute_timings: ["a", "b"], escalation: "" })).toEqual([
      "groups by all labels",
      "waits 30s",
      "quiet: a, b",
      "no escalation",
    ]);
    expect(placeOf([1, 0])).toBe("routes[1].routes[0]");
    expect([numberOf("routes[1].routes[0]"), numberOf("")]).toEqual(["2.1", ""]);
  });

  it("needs conditions, the root a contact point", () => {
    expect(nodeProblem({}, true)).toContain("contact point");
    expect(nodeProblem({ receiver: "ops" }, true)).toBeNull();
    expect(nodeProblem({ receiver: "ops" }, false)).toContain("every alert");
    expect(nodeProblem({ matchers: matchers("x"), group_wait_ms: Number.NaN }, false)).toContain("30s");
    expect(nodeProblem({ matchers: matchers("x"), group_by: [" "] }, false)).not.toBeNull();
  });
});
