/** What a request can fail with, by what the page does about it. */

import type { components } from "./schema.gen";

export type Limit = components["schemas"]["Limit"];

export class ApiError extends Error {
  constructor(
    message: string,
    /** Our stable code, "offline" when the server did not answer. */
    readonly code: string,
    readonly status: number,
    readonly position: { start: number; end: number } | null,
    readonly limit: Limit | null,
    readonly requestId: string | null,
  ) {
    super(message);
  }
}

/** 401: who is asking is not known (any more). */
export class SignedOut extends ApiError {
  constructor(
    message: string,
    /** `required`, `expired`, `setup`, or about what was typed: `invalid`, `second_factor`. */
    readonly reason: string,
    requestId: string | null,
  ) {
    super(message, "unauthenticated", 401, null, null, requestId);
  }
}

/** 403: somebody known, who may not. */
export class NotPermitted extends ApiError {
  constructor(
    message: string,
    /** The right that is missing, null when it is not a right that is. */
    readonly permission: string | null,
    requestId: string | null,
  ) {
    super(message, "forbidden", 403, null, null, requestId);
  }
}

/** 409: somebody else changed it meanwhile. */
export class Changed extends ApiError {
  constructor(
    message: string,
    /** As it is now; null when there is only one version, as for a name that is taken. */
    readonly current: unknown,
    /** As it was sent. */
    readonly yours: unknown,
    requestId: string | null,
  ) {
    super(message, "conflict", 409, null, null, requestId);
  }
}

/** 429 and 503: the same request may pass later. */
export class TryLater extends ApiError {
  constructor(
    message: string,
    code: string,
    status: number,
    readonly retry_after_s: number,
    limit: Limit | null,
    requestId: string | null,
  ) {
    super(message, code, status, null, limit, requestId);
  }
}

interface ErrorBody {
  error: string;
  code: string;
  request_id: string;
  position: { start: number; end: number } | null;
  limit: Limit | null;
  reason: string;
  permission: string;
  current: unknown;
  yours: unknown;
}

const DEFAULT_RETRY_S = 1;

/** Seconds of a Retry-After header, which has either these or a date. */
export function retryAfter(header: string | null, now_ms: number): number {
  if (header === null || header.trim() === "") return DEFAULT_RETRY_S;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const date_ms = Date.parse(header);
  return Number.isNaN(date_ms) ? DEFAULT_RETRY_S : Math.max(0, (date_ms - now_ms) / 1000);
}

/** The error of an answer that is none. */
export function errorOf(text: string, status: number, retryHeader: string | null, now_ms: number): ApiError {
  let body: Partial<ErrorBody> = {};
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null) body = parsed;
  } catch {
    // not from Vedette: a proxy on the way answers in its own words
  }
  const { error = `The server answered ${status}`, code = "error", position, limit, request_id: id = null } = body;
  if (status === 401) return new SignedOut(error, body.reason ?? "required", id);
  if (status === 403) return new NotPermitted(error, body.permission ?? null, id);
  if (status === 409) return new Changed(error, body.current ?? null, body.yours ?? null, id);
  // a query that took too long takes as long again
  if (status === 429 || (status === 503 && code !== "timeout" && code !== "cancelled")) {
    return new TryLater(error, code, status, retryAfter(retryHeader, now_ms), limit ?? null, id);
  }
  return new ApiError(error, code, status, position ?? null, limit ?? null, id);
}

/** Whether asking again at once could help. */
export function worthRetrying(error: unknown): boolean {
  return !(error instanceof ApiError) || error.code === "offline" || error.status >= 500;
}
