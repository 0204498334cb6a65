/** One way to the server for everything that is asked over HTTP: project, token against forged requests, typed errors. */

import { ApiError, NotPermitted, SignedOut, errorOf } from "./errors";

const SESSION_PATH = "/api/v1/session";
const TOKEN_HEADER = "X-CSRF-Token";
const PROJECT_HEADER = "X-Vedette-Project";
/** Requests that change who is signed in, and with that the token. */
const SIGNS_IN = [SESSION_PATH, "/api/v1/setup"];
/** Reasons that a login mends; the others are about what was typed. */
const ELSEWHERE = ["required", "expired", "setup"];

export interface Asked {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  headers?: Readonly<Record<string, string>>;
  body?: string;
  signal?: AbortSignal | undefined;
}

export interface Answer {
  text: string;
  /** The version for `If-Match` of a change. */
  etag: string | null;
}

/** The text that a page of another origin cannot read: part of what the server says about who is asking. */
class Token {
  private text: Promise<string> | null = null;

  read(): Promise<string> {
    this.text ??= this.ask();
    return this.text;
  }

  keep(text: string): void {
    this.text = Promise.resolve(text);
  }

  forget(): void {
    this.text = null;
  }

  private async ask(): Promise<string> {
    try {
      const response = await fetch(SESSION_PATH);
      const body = (await response.json()) as { data?: { csrf?: string | null } };
      if (response.ok) return body.data?.csrf ?? "";
    } catch {
      // the request that needs the token will say what is wrong
    }
    this.forget();
    return "";
  }
}

const token = new Token();
const signedOut = new Set<(reason: string) => void>();
let project = (): string => "";

/** The token of an answer about who is asking, so that it need not be asked for again. */
export const keepToken = (text: string): void => token.keep(text);

/** What tells the project that everything is asked of; empty: the home of who is asking. */
export function askOf(read: () => string): void {
  project = read;
}

/** Tells that nobody is signed in (any more). */
export function tellSignedOut(reason: string): void {
  token.forget();
  for (const listener of signedOut) listener(reason);
}

/** Calls back when the server no longer knows who is asking, with the reason; returns how to stop. */
export function onSignedOut(listener: (reason: string) => void): () => void {
  signedOut.add(listener);
  return () => {
    signedOut.delete(listener);
  };
}

/** Asks the server; answers that are none come as one of the errors of `errors.ts`. */
export function request(path: string, asked: Asked = {}): Promise<Answer> {
  return attempt(path, asked, async (response) => ({
    text: await response.text(),
    etag: response.headers.get("etag"),
  }));
}

/** The same for an answer that comes line by line. */
export function requestLines(path: string, asked: Asked, take: (line: string) => void): Promise<void> {
  return attempt(path, asked, async ({ body }) => {
    let rest = "";
    const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
    for (let part = await reader?.read(); part !== undefined && !part.done; part = await reader?.read()) {
      const lines = (rest + part.value).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) take(line);
    }
  });
}

type Read<T> = (response: Response) => Promise<T>;

async function attempt<T>(path: string, asked: Asked, read: Read<T>): Promise<T> {
  const method = asked.method ?? "GET";
  try {
    return await send(path, asked, method, read);
  } catch (error) {
    // the session was renewed in another tab: its new token, once
    const renewed = method !== "GET" && error instanceof NotPermitted && error.message.includes(TOKEN_HEADER);
    if (renewed) {
      token.forget();
      return await send(path, asked, method, read);
    }
    if (error instanceof SignedOut && path !== SESSION_PATH && ELSEWHERE.includes(error.reason)) {
      tellSignedOut(error.reason);
    }
    throw error;
  } finally {
    if (method !== "GET" && SIGNS_IN.includes(path)) token.forget();
  }
}

async function send<T>(path: string, asked: Asked, method: string, read: Read<T>): Promise<T> {
  const about = project();
  const headers: Record<string, string> = { ...(about === "" ? {} : { [PROJECT_HEADER]: about }), ...asked.headers };
  if (method !== "GET") {
    const text = await token.read();
    if (text !== "") headers[TOKEN_HEADER] = text;
  }
  const { body, signal } = asked;
  let refused: { response: Response; text: string };
  try {
    const response = await fetch(path, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (response.ok) return await read(response);
    refused = { response, text: await response.text() };
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError("The server does not answer", "offline", 0, null, null, null);
  }
  const { response, text } = refused;
  throw errorOf(text, response.status, response.headers.get("retry-after"), Date.now());
}

export interface Got<T> {
  data: T;
  etag: string | null;
}

/** The content of `data`, and the version that a change of it has to name. */
export async function getJson<T>(path: string, signal?: AbortSignal): Promise<Got<T>> {
  const { text, etag } = await request(path, { signal });
  return { data: (JSON.parse(text) as { data: T }).data, etag };
}

/** Sends JSON and answers the content of `data`, if there is any; `etag` is the version that is changed. */
export async function sendJson<T>(
  method: "POST" | "PUT" | "PATCH" | "DELETE",
  path: string,
  body?: unknown,
  etag?: string | null,
): Promise<Got<T>> {
  const answer = await request(path, {
    method,
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(etag === undefined || etag === null ? {} : { "if-match": etag }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const parsed = answer.text === "" ? {} : (JSON.parse(answer.text) as { data?: T });
  return { data: parsed.data as T, etag: answer.etag };
}
