/** Which rules watch what charts show; what is asked in one go is sent in one request. */

import { request } from "./http";
import type { components } from "./schema.gen";

export type WatchingRule = components["schemas"]["WatchingView"];
type Shown = components["schemas"]["QueriesShown"];

const PATH = "/api/v1/rules/watching";
/** What charts draw comes first. */
const PATIENCE_MS = 250;
/** As many as the server takes. */
const MOST = 200;

async function ask(queries: readonly string[]): Promise<WatchingRule[][]> {
  const body: Shown = { queries: [...queries] };
  const { text } = await request(PATH, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return (JSON.parse(text) as { data: WatchingRule[][] }).data;
}

interface Waiting {
  query: string;
  resolve: (rules: readonly WatchingRule[]) => void;
  reject: (problem: unknown) => void;
}

export class WatchingBatch {
  private waiting: Waiting[] = [];

  /** `later` runs what sends, once everybody has asked who does so now. */
  constructor(private readonly later: (send: () => void) => void = (send) => void setTimeout(send, PATIENCE_MS)) {}

  /** The rules of one query. */
  readonly load = (query: string): Promise<readonly WatchingRule[]> =>
    new Promise((resolve, reject) => {
      this.waiting.push({ query, resolve, reject });
      if (this.waiting.length === 1) this.later(() => this.send());
    });

  private send(): void {
    const waiting = this.waiting;
    this.waiting = [];
    const queries = [...new Set(waiting.map((one) => one.query))];
    for (let from = 0; from < queries.length; from += MOST) {
      const part = queries.slice(from, from + MOST);
      const own = waiting.filter((one) => part.includes(one.query));
      ask(part).then(
        (found) => own.forEach((one) => one.resolve(found[part.indexOf(one.query)] ?? [])),
        (problem: unknown) => own.forEach((one) => one.reject(problem)),
      );
    }
  }
}
