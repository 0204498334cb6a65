import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Changed, NotPermitted, SignedOut, TryLater, errorOf, retryAfter, worthRetrying } from "../src/api/errors";
import { askOf, getJson, keepToken, onSignedOut, request, sendJson } from "../src/api/http";
import { routeOf } from "../src/app/routes";
import { loginAddress, ownAddress } from "../src/data/next";

interface Call {
  path: string;
  method: string;
  token: string | null;
}

let calls: Call[];
let answers: Record<string, () => Response>;

const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers });
const failure = (status: number, body: object, headers?: Record<string, string>): Response =>
  json({ status: "error", error: "no", ...body }, status, headers);

beforeEach(async () => {
  calls = [];
  answers = { "/api/v1/session": () => json({ data: { csrf: "t1" } }) };
  vi.stubGlobal("fetch", (path: string, init: RequestInit = {}) => {
    calls.push({ path, method: init.method ?? "GET", token: new Headers(init.headers).get("x-csrf-token") });
    return Promise.resolve((answers[path] ?? (() => json({ data: null })))());
  });
  // a sign-in makes the token of the test before be forgotten
  await sendJson("POST", "/api/v1/session");
  calls = [];
});
afterEach(() => vi.unstubAllGlobals());

describe("the token against forged requests", () => {
  it("goes with everything but GET, and is asked for once", async () => {
    await request("/a");
    await sendJson("POST", "/b", {});
    await sendJson("DELETE", "/b/1");
    expect(calls.map(({ path, token }) => [path, token])).toEqual([
      ["/a", null],
      ["/api/v1/session", null],
      ["/b", "t1"],
      ["/b/1", "t1"],
    ]);
  });
  it("is not asked for where an answer has brought it", async () => {
    keepToken("t9");
    await sendJson("PUT", "/b", {});
    expect(calls).toEqual([{ path: "/b", method: "PUT", token: "t9" }]);
  });
  it("is asked for anew after signing in, and once after it was refused", async () => {
    await sendJson("POST", "/b");
    answers["/api/v1/session"] = () => json({ data: { csrf: "t2" } });
    answers["/b"] = () =>
      calls.at(-1)?.token === "t2" ? json({ data: 1 }) : failure(403, { error: "the X-CSRF-Token header is wrong" });
    expect((await sendJson<number>("POST", "/b")).data).toBe(1);
    answers["/b"] = () => failure(403, { error: "the X-CSRF-Token header is wrong" });
    await expect(sendJson("POST", "/b")).rejects.toBeInstanceOf(NotPermitted);
    expect(calls.filter((call) => call.path === "/b").length).toBe(5);
  });
  it("is left out where the server has none", async () => {
    answers["/api/v1/session"] = () => failure(404, {});
    await sendJson("POST", "/b");
    expect(calls.at(-1)).toEqual({ path: "/b", method: "POST", token: null });
  });
});

describe("the project", () => {
  it("is named with every request once one is chosen", async () => {
    const named: (string | null)[] = [];
    vi.stubGlobal("fetch", (_path: string, init: RequestInit = {}) => {
      named.push(new Headers(init.headers).get("x-vedette-project"));
      return Promise.resolve(json({ data: null }));
    });
    await request("/a");
    askOf(() => "billing");
    await request("/a");
    askOf(() => "");
    expect(named).toEqual([null, "billing"]);
  });
});

describe("errors", () => {
  it("tell what the page can do about them", () => {
    const conflict = errorOf(JSON.stringify({ error: "changed", current: { a: 1 }, yours: { a: 2 } }), 409, null, 0);
    expect(conflict).toBeInstanceOf(Changed);
    expect(conflict).toMatchObject({ current: { a: 1 }, yours: { a: 2 }, message: "changed" });
    expect(errorOf('{"permission":"users.write"}', 403, null, 0)).toMatchObject({ permission: "users.write" });
    expect(errorOf('{"reason":"invalid"}', 401, null, 0)).toMatchObject({ reason: "invalid" });
    expect(errorOf('{"code":"too_busy"}', 429, "7", 0)).toMatchObject({ retry_after_s: 7, code: "too_busy" });
    expect(errorOf("{}", 503, null, 0)).toBeInstanceOf(TryLater);
    expect(errorOf('{"code":"timeout"}', 503, null, 0)).not.toBeInstanceOf(TryLater);
    expect(errorOf("<html>", 502, null, 0).message).toBe("The server answered 502");
    expect(errorOf("null", 500, null, 0).message).toBe("The server answered 500");
  });
  it("read Retry-After as seconds or as a date", () => {
    expect(retryAfter("3", 0)).toBe(3);
    expect(retryAfter("Thu, 01 Jan 1970 00:01:00 GMT", 30_000)).toBe(30);
    expect(retryAfter("soon", 0)).toBe(1);
    expect(retryAfter(null, 0)).toBe(1);
  });
  it("are asked again only where that could help", () => {
    expect(worthRetrying(errorOf("{}", 503, null, 0))).toBe(true);
    expect(worthRetrying(errorOf("{}", 403, null, 0))).toBe(false);
    expect(worthRetrying(errorOf("{}", 401, null, 0))).toBe(false);
  });
  it("lead to the login when nobody is known, and not for a wrong password", async () => {
    const heard: string[] = [];
    const stop = onSignedOut((reason) => heard.push(reason));
    answers["/a"] = () => failure(401, { reason: "expired" });
    await expect(request("/a")).rejects.toBeInstanceOf(SignedOut);
    answers["/a"] = () => failure(401, { reason: "invalid" });
    await expect(request("/a")).rejects.toBeInstanceOf(SignedOut);
    stop();
    expect(heard).toEqual(["expired"]);
  });
  it("carry the version that a change has to name", async () => {
    answers["/d"] = () => json({ data: { name: "x" } }, 200, { etag: '"3"' });
    expect(await getJson("/d")).toEqual({ data: { name: "x" }, etag: '"3"' });
  });
});

describe("where a login leads", () => {
  it("is within the page, whatever the link says", () => {
    expect(ownAddress("/explore?q=up&from=now-1h")).toBe("/explore?q=up&from=now-1h");
    for (const evil of [
      "//evil.example",
      "/\\evil.example",
      "https://evil.example",
      "javascript:alert(1)",
      "/\t/evil.example",
      "/x/..//evil.example",
      "/.//evil.example",
      "\n//evil.example",
      "",
      null,
    ]) {
      expect(ownAddress(evil)).toBe("/");
    }
  });
  it("is where one was", () => {
    expect(loginAddress("/explore", "?q=a%26b")).toBe("/login?next=%2Fexplore%3Fq%3Da%2526b");
    expect(loginAddress("/", "")).toBe("/login");
  });
});

describe("routes", () => {
  it("are found by their path, or by the one above where it owns what is below", () => {
    const routes = [{ path: "/" }, { path: "/admin", below: true }];
    expect(routeOf("/admin/users", routes)?.path).toBe("/admin");
    expect(routeOf("/administrator", routes)).toBeNull();
    expect(routeOf("/x", routes)).toBeNull();
  });
});
