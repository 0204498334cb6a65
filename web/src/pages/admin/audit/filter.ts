/** What of the audit log is shown, as the address has it. */

export const FIELDS = ["actor", "action", "object_kind", "object_id", "of_project", "address", "result"] as const;
export type FieldName = (typeof FIELDS)[number];

export interface AuditFilter {
  values: Readonly<Partial<Record<FieldName, string>>>;
  /** Milliseconds; null: from the first. */
  since_ms: number | null;
  until_ms: number | null;
}

const moment = (text: string | null): number | null => (text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null);

export function readFilter(params: URLSearchParams): AuditFilter {
  const values: Partial<Record<FieldName, string>> = {};
  for (const name of FIELDS) {
    const value = params.get(name)?.trim() ?? "";
    if (value !== "") values[name] = value;
  }
  return { values, since_ms: moment(params.get("since_ms")), until_ms: moment(params.get("until_ms")) };
}

/** As the API takes it. */
export function askedOf({ values, since_ms, until_ms }: AuditFilter): URLSearchParams {
  const asked = new URLSearchParams();
  for (const name of FIELDS) {
    const value = values[name];
    if (value !== undefined) asked.set(name, value);
  }
  if (since_ms !== null) asked.set("since_ms", String(since_ms));
  if (until_ms !== null) asked.set("until_ms", String(until_ms));
  return asked;
}

export const isEmpty = (filter: AuditFilter): boolean => askedOf(filter).size === 0;

const WORDS: Readonly<Record<string, string>> = {
  login: "Signed in",
  logout: "Signed out",
  denied: "Was refused",
  setup: "Set the server up",
  "key.use": "Used a key",
  "series.delete": "Deleted samples",
  "samples.backfill": "Loaded old samples",
  "storage.clean": "Cleaned the store",
  "storage.snapshot": "Took a snapshot",
  "config.reload": "Reloaded the configuration",
  "query.kill": "Ended a query",
  "audit.export": "Exported the audit log",
};

/** An action in words where there are any. */
export const actionWords = (action: string): string => WORDS[action] ?? action;
