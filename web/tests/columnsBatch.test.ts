import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ColumnsBatch } from "../src/api/columnsBatch";
import { ApiError } from "../src/api/errors";
import { keepToken } from "../src/api/http";

const wish = (promql: string) => ({ promql, start_ms: 0, end_ms: 10, step_ms: 1 });
const line = (index: number, more: object = {}): string =>
  `${JSON.stringify({ index, status: "success", total_points: index, ...more })}\n`;

interface Sent {
  path: string;
  body: { queries?: { promql: string }[]; promql?: string };
  signal: AbortSignal | null | undefined;
}

let sent: Sent[];
let stream: ReadableStreamDefaultController<Uint8Array> | null;

const say = (text: string): void => stream?.enqueue(new TextEncoder().encode(text));

beforeEach(() => {
  sent = [];
  keepToken("");
  vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
    sent.push({ path, body: JSON.parse(init.body as string) as Sent["body"], signal: init.signal });
    const body = new ReadableStream<Uint8Array>({ start: (controller) => void (stream = controller) });
    init.signal?.addEventListener("abort", () => stream?.error(new DOMException("aborted", "AbortError")));
    return Promise.resolve(new Response(path.endsWith("queries") ? body : line(0), { status: 200 }));
  });
});
afterEach(() => vi.unstubAllGlobals());

const never = new AbortController().signal;

describe("questions asked in one go", () => {
  it("go in one request, and each is answered as soon as its line is there", async () => {
    const batch = new ColumnsBatch();
    const answers = ["a", "b", "c"].map((promql) => batch.load(wish(promql), never));
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]?.body.queries?.map(({ promql }) => promql)).toEqual(["a", "b", "c"]);
    // lines come in any order, and in pieces
    const last = line(2);
    say(last.slice(0, 9));
    say(last.slice(9));
    expect((await answers[2])?.total_points).toBe(2);
    say(line(0) + line(1));
    stream?.close();
    expect((await Promise.all(answers)).map(({ total_points }) => total_points)).toEqual([0, 1, 2]);
  });
  it("fail alone, with what the server says of them", async () => {
    const batch = new ColumnsBatch();
    const [good, bad] = [batch.load(wish("a"), never), batch.load(wish("("), never)];
    const refused = expect(bad).rejects.toMatchObject({
      status: 400,
      code: "bad_query",
      position: { start: 1, end: 2 },
    });
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    const told = { status: "error", error: "no", code: "bad_query", http_status: 400, position: { start: 1, end: 2 } };
    say(line(1, told) + line(0));
    stream?.close();
    await refused;
    expect((await good).total_points).toBe(0);
  });
  it("are all told when the answer breaks off", async () => {
    const batch = new ColumnsBatch();
    const answers = [batch.load(wish("a"), never), batch.load(wish("b"), never)];
    const told = Promise.all(answers.map((one) => expect(one).rejects.toBeInstanceOf(ApiError)));
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    stream?.close();
    await told;
  });
  it("may be given up one by one; when nobody is left the request ends", async () => {
    const batch = new ColumnsBatch();
    const [first, second] = [new AbortController(), new AbortController()];
    const answers = [batch.load(wish("a"), first.signal), batch.load(wish("b"), second.signal)];
    const told = Promise.all(answers.map((one) => expect(one).rejects.toMatchObject({ name: "AbortError" })));
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    first.abort();
    expect(sent[0]?.signal?.aborted).toBe(false);
    second.abort();
    expect(sent[0]?.signal?.aborted).toBe(true);
    await told;
  });
  it("are asked as ever when there is only one", async () => {
    const batch = new ColumnsBatch();
    const left = new AbortController();
    const given = expect(batch.load(wish("b"), left.signal)).rejects.toMatchObject({ name: "AbortError" });
    const answer = batch.load(wish("a"), never);
    left.abort();
    await given;
    expect((await answer).total_points).toBe(0);
    expect(sent.map(({ path, body }) => [path, body.promql])).toEqual([["/api/v1/metrics/query", "a"]]);
  });
});
