import { describe, expect, it } from "vitest";
import type { LinkContext } from "../../src/dashboards/data/links";
import { linkProblem, resolveLink, safeHref, scopeParams } from "../../src/dashboards/data/links";
import type { Scope } from "../../src/dashboards/data/scope";
import type { Link } from "../../src/dashboards/document";
import { made } from "./made";

const LINK: Link = { title: "", url: "", dashboard: "", keeps_time: false, keeps_variables: false, new_tab: false };
const CONTEXT: LinkContext = {
  scope: new Map([["job", { values: ["a b"], texts: ["a b"], all: false, allValue: "", trusted: false }]]),
  from: "now-1h",
  to: "now",
  params: new URLSearchParams("var-job=a+b&panel=x"),
};
const VALUE = { name: "s", labels: { host: "h/1?&#" }, value: 2.5, time_ms: 10 };
const href = (link: Partial<Link>, value = VALUE): string | undefined =>
  resolveLink({ ...LINK, ...link }, value, CONTEXT)?.href;

describe("links of values", () => {
  it("hold the value, its labels and the variables, each as one part of the address", () => {
    expect(href({ url: "/x/${__labels.host}?v=${__value}&j=$job&t=${__from}" })).toBe(
      "/x/h%2F1%3F%26%23?v=2.5&j=a%20b&t=now-1h",
    );
  });

  it("take time and variables along, without overruling what they say themselves", () => {
    const all = { keeps_time: true, keeps_variables: true };
    expect(href({ dashboard: "d1", ...all })).toBe("/d/d1?from=now-1h&to=now&var-job=a+b");
    expect(href({ url: "/d/d1?from=now-5m", ...all })).toBe("/d/d1?from=now-5m&to=now&var-job=a+b");
    expect(href({ url: "https://example.org/", ...all })).toBe("https://example.org/");
  });

  it("lead nowhere when they are scripts or other hosts in disguise", () => {
    for (const bad of [
      "javascript:alert(1)",
      " java\tscript:alert(1)",
      "data:text/html,x",
      "//evil.example",
      "/\\evil.example",
      "vbscript:x",
      "",
    ]) {
      expect(safeHref(bad), bad).toBeNull();
    }
    expect(linkProblem({ ...LINK, url: "javascript:$job" })).not.toBeNull();
    expect(linkProblem({ ...LINK, url: "https://$host/x" })).toBeNull();
  });

  it("stay on this page whatever a label's value is", () => {
    for (const hostile of made(300, (random) => random.text())) {
      const address = href({ url: "/x/${__labels.host}", keeps_time: true }, { ...VALUE, labels: { host: hostile } });
      expect(new URL(address ?? "", "http://this.page").host).toBe("this.page");
    }
  });

  it("says what is chosen, also where the address does not", () => {
    const all: Scope = new Map([["job", { values: ["a"], texts: [], all: true, allValue: "", trusted: false }]]);
    expect(scopeParams(all, new URLSearchParams("filter=x%3Dy&from=1")).toString()).toBe(
      "var-job=%24__all&filter=x%3Dy",
    );
  });
});
