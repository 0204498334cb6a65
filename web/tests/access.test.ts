import { describe, expect, it } from "vitest";
import type { PrivacyRule, WhoAmI } from "../src/api/access";
import { ProjectStore, projectOf } from "../src/data/project";
import { differences } from "../src/pages/access/ClashNotice";
import { keySnippets } from "../src/pages/access/keySnippets";
import { acceptable, passwordRules, strength } from "../src/pages/access/passwords";
import { PERMISSIONS, agentName, canGive, expiryOf } from "../src/pages/access/words";
import { askedOf, isEmpty, readFilter } from "../src/pages/admin/audit/filter";
import { bodyOf, fieldsOf, withRule } from "../src/pages/admin/privacy/rule";
import { isAcceptable, limitsOf, typedOf } from "../src/pages/admin/projects/limits";
import { fullness } from "../src/pages/admin/projects/UsageView";
import { snippets } from "../src/pages/host/snippets";
import { isForAccount } from "../src/pages/setup/token";
import { may } from "../src/queries/account";

const who = (more: Partial<WhoAmI>): WhoAmI => ({
  user: null,
  csrf: "",
  setup_required: false,
  no_auth: false,
  oidc: [],
  projects: [],
  home: "",
  ...more,
});

describe("the project", () => {
  it("is the one of the address, else the last choice, else the home", () => {
    expect(projectOf("elsewhere", "b", ["a", "b"], "a")).toBe("elsewhere");
    expect(projectOf(null, "b", ["a", "b"], "a")).toBe("b");
    expect(projectOf(null, "gone", ["a", "b"], "a")).toBe("a");
    expect(projectOf("", "gone", ["b"], "a")).toBe("b");
    expect(projectOf(null, "", [], "a")).toBe("a");
  });
  it("is kept in the address and told once, and the way back leads to the one before", () => {
    const history = [""];
    let last = "";
    let moved = (): void => undefined;
    const store = new ProjectStore(
      {
        get params() {
          return new URLSearchParams(history.at(-1));
        },
        watch: (watcher) => {
          moved = watcher;
          return () => undefined;
        },
        change: (changes, how) => {
          const next = new URLSearchParams(changes as Record<string, string>).toString();
          if (how === "push") history.push(next);
          else history[history.length - 1] = next;
          moved();
        },
      },
      { read: () => last, set: (name) => (last = name) },
    );
    store.know(["a", "b"], "a");
    const told: string[] = [];
    store.watch(() => told.push(store.read()));
    store.choose("b");
    expect(history).toEqual(["project=a", "project=b"]);
    history.pop();
    moved();
    expect(told).toEqual(["b", "a"]);
  });
});

describe("rights", () => {
  it("are those of the role in the project, and all for administrators of the server", () => {
    const own = who({
      projects: [{ name: "a", title: "", role: "viewer", permissions: ["metrics:read"], narrowed: false }],
    });
    expect(may(own, "metrics:read", "a")).toBe(true);
    expect(may(own, "project:admin", "a")).toBe(false);
    expect(may(own, "metrics:read", "b")).toBe(false);
    expect(may(own, "instance:admin", "a")).toBe(false);
    expect(may(who({ no_auth: true }), "instance:admin", "b")).toBe(true);
  });
  it("bound what a key can be given", () => {
    expect(canGive("read", ["metrics:read", "status:read", "documents:read"])).toBe(true);
    expect(canGive("ingest", ["metrics:read"])).toBe(false);
    expect(
      canGive(
        "admin",
        PERMISSIONS.map((one) => one.name),
      ),
    ).toBe(true);
  });
});

describe("passwords", () => {
  it("are long enough and not the name", () => {
    expect(acceptable("nine char", "ada")).toBe(false);
    expect(acceptable("ten chars!", "ada")).toBe(true);
    expect(acceptable("Ada.Lovelace", "ada.lovelace")).toBe(false);
    expect(passwordRules("abc", "")[0]?.text).toContain("7 to go");
    expect(passwordRules("", "").every((rule) => !rule.met)).toBe(true);
  });
  it("count variety, not length alone", () => {
    expect(strength("short")).toBe("short");
    expect(strength("aaaaaaaaaaaaaaaaaaaa")).toBe("fair");
    expect(strength("abcdefghijklmnop")).toBe("fair");
    expect(strength("correct horse battery")).toBe("strong");
  });
});

describe("keys", () => {
  it("stand in the commands that their scopes allow", () => {
    const names = (scopes: string[]): string[] => keySnippets("http://h", "vdt_x", "p", scopes).map((one) => one.name);
    expect(names(["ingest"])).toEqual(["push", "prometheus"]);
    expect(names(["read"])).toEqual(["query", "grafana"]);
    expect(names(["admin"])).toHaveLength(4);
    for (const one of keySnippets("http://h", "vdt_x", "p", ["admin"])) expect(one.text).toContain("vdt_x");
  });
  it("end at a moment, or never", () => {
    expect(expiryOf("7d", 1000.4)).toBe(1000 + 7 * 86_400_000);
    expect(expiryOf("never", 1000)).toBe(0);
  });
  it("are asked for by the host's commands only where somebody signs in", () => {
    expect(snippets("http://h", null).some((one) => one.text.includes("Bearer"))).toBe(false);
    const text = (name: string): string => snippets("http://h", "k1").find((one) => one.name === name)?.text ?? "";
    expect(text("curl")).toContain("-H 'Authorization: Bearer k1' \\\n");
    expect(text("influx")).toContain("Bearer k1");
    expect(text("prometheus")).toContain("credentials: k1");
  });
});

describe("the audit log's filter", () => {
  it("is read from the address, and anything else there is passed over", () => {
    const filter = readFilter(new URLSearchParams("actor=ada&since_ms=12&until_ms=soon&project=x&action=+"));
    expect(filter).toEqual({ values: { actor: "ada" }, since_ms: 12, until_ms: null });
    expect(askedOf(filter).toString()).toBe("actor=ada&since_ms=12");
    expect(isEmpty(readFilter(new URLSearchParams("project=x")))).toBe(true);
  });
});

describe("limits of a project", () => {
  it("are typed in people's units and sent in the server's", () => {
    const typed = typedOf(limitsOf({ max_bytes: 1.5, max_samples_per_s: 10, query_timeout_s: 2.5 }));
    expect(typed).toMatchObject({
      max_bytes: 1.5,
      max_samples_per_s: 10,
      query_timeout_s: 2.5,
      max_query_series: null,
    });
    expect(limitsOf({ max_bytes: 1.5 }).max_bytes).toBe(1_610_612_736);
  });
  it("hold a number above 0, or nothing", () => {
    expect(isAcceptable({ max_bytes: null, max_query_series: 1 })).toBe(true);
    expect(isAcceptable({ max_bytes: Number.NaN })).toBe(false);
    expect(isAcceptable({ max_bytes: 0 })).toBe(false);
  });
  it("are told to be near before they are reached", () => {
    expect(fullness(10, null)).toBeNull();
    expect(fullness(10, 100)?.state).toBe("");
    expect(fullness(80, 100)?.state).toBe("near");
    expect(fullness(200, 100)).toEqual({ part: 1, state: "full" });
  });
});

describe("privacy rules", () => {
  const rule: PrivacyRule = {
    id: "1",
    version: 2,
    is_built_in: false,
    name: "a",
    detector: "email",
    pattern: "",
    fields: [],
    action: "mask",
    enabled: true,
  };
  it("are tried with the one that is edited in its place, or at the end", () => {
    const edited = { ...bodyOf(rule), name: "b" };
    expect(withRule([rule], "1", edited)).toEqual([edited]);
    expect(withRule([rule], null, edited)).toEqual([bodyOf(rule), edited]);
    expect(bodyOf(rule)).not.toHaveProperty("id");
  });
  it("name labels apart by commas or spaces", () => {
    expect(fieldsOf(" user, mail\nip ")).toEqual(["user", "mail", "ip"]);
  });
});

describe("two versions", () => {
  it("are told apart by the fields that were sent", () => {
    const found = differences({
      current: { name: "a", email: "x", id: "1" },
      yours: { name: "b", email: "x", title: null },
    });
    expect(found).toEqual([{ field: "name", current: "a", yours: "b" }]);
  });
});

describe("small words", () => {
  it("name browsers", () => {
    const agent =
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";
    expect(agentName(agent)).toBe("Chrome 131 on Linux");
    expect(agentName("Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0")).toBe(
      "Firefox 128 on Windows",
    );
    expect(agentName("curl/8.1")).toBe("curl");
    expect(agentName("")).toBe("Unknown browser");
  });
  it("tell links for accounts from the first one", () => {
    expect(isForAccount("link.abc")).toBe(true);
    expect(isForAccount("c_Pih4")).toBe(false);
  });
});
