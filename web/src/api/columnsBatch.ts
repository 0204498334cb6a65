/** Questions that are asked in one go are sent in one request; each is answered as soon as the server knows. */

import type { ColumnsAnswer, RangeRequest } from "./client";
import { rangeColumns } from "./client";
import { ApiError, errorOf } from "./errors";
import { requestLines } from "./http";

const PATH = "/api/v1/metrics/queries";
/** As many as the server takes. */
const MOST = 200;

interface Waiting {
  wish: RangeRequest;
  signal: AbortSignal;
  done: boolean;
  resolve: (answer: ColumnsAnswer) => void;
  reject: (problem: Error) => void;
}

type Line = Omit<ColumnsAnswer, "bytes"> & { index: number; http_status?: number };

const gone = (): DOMException => new DOMException("Nobody wants the answer any more", "AbortError");

export class ColumnsBatch {
  private waiting: Waiting[] = [];

  /** `later` runs what sends, once everybody has asked who does so now. */
  constructor(private readonly later: (send: () => void) => void = (send) => queueMicrotask(send)) {}

  readonly load = (wish: RangeRequest, signal: AbortSignal): Promise<ColumnsAnswer> =>
    new Promise((resolve, reject) => {
      this.waiting.push({ wish, signal, done: false, resolve, reject });
      if (this.waiting.length === 1) this.later(() => this.send());
    });

  private send(): void {
    const wanted = this.waiting;
    this.waiting = [];
    const left = wanted.filter((one) => {
      if (one.signal.aborted) one.reject(gone());
      return !one.signal.aborted;
    });
    for (let from = 0; from < left.length; from += MOST) void together(left.slice(from, from + MOST));
  }
}

async function together(asked: readonly Waiting[]): Promise<void> {
  const [only] = asked;
  if (asked.length === 1 && only !== undefined) {
    rangeColumns(only.wish, only.signal).then(only.resolve, only.reject);
    return;
  }
  const request = new AbortController();
  for (const one of asked) {
    one.signal.addEventListener("abort", () => {
      settle(one, () => one.reject(gone()));
      if (asked.every(({ done }) => done)) request.abort();
    });
  }
  const body = JSON.stringify({ queries: asked.map(({ wish }) => wish) });
  const headers = { "content-type": "application/json" };
  let problem = new ApiError("The answer broke off", "offline", 0, null, null, null) as Error;
  try {
    await requestLines(PATH, { method: "POST", headers, body, signal: request.signal }, (line) => take(asked, line));
  } catch (error) {
    problem = error instanceof Error ? error : new Error(String(error));
  }
  for (const one of asked) settle(one, () => one.reject(problem));
}

function take(asked: readonly Waiting[], line: string): void {
  const { index, http_status, ...answer } = JSON.parse(line) as Line;
  const one = asked[index];
  if (one === undefined) return;
  settle(one, () => {
    if (http_status === undefined) one.resolve({ ...answer, bytes: line.length });
    else one.reject(errorOf(line, http_status, null, Date.now()));
  });
}

function settle(one: Waiting, how: () => void): void {
  if (one.done) return;
  one.done = true;
  how();
}
