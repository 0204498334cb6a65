/** Lines of the log of notifications in words. Pure. */

import type { LogEntry, LogFilter, LogStatus } from "../../../api/notifications";
import { STATUSES } from "../../../api/notifications";
import type { Status } from "../../../ui";

export const CHOICES: readonly { value: LogStatus | "all"; label: string }[] = [
  { value: "all", label: "All" },
  { value: "waiting", label: "Waiting" },
  { value: "sent", label: "Sent" },
  { value: "dead", label: "Not delivered" },
];

const LOOKS: Readonly<Record<LogStatus, { status: Status; word: string }>> = {
  waiting: { status: "unknown", word: "Waiting" },
  sent: { status: "ok", word: "Sent" },
  dead: { status: "crit", word: "Not delivered" },
};

const REASONS: Readonly<Record<string, string>> = {
  firing: "fires",
  resolved: "is over",
  repeat: "still fires",
  escalation: "nobody acknowledged",
  acknowledged: "acknowledged",
  test: "test",
  digest: "many at once",
};

const TYPES: Readonly<Record<string, string>> = {
  in_dashboard: "bell",
  slack: "Slack",
  email: "e-mail",
  pagerduty: "PagerDuty",
  webhook: "webhook",
  apprise: "Apprise",
};

/** "ops (e-mail)". */
export const wayWords = ({ contact_point, type }: Pick<LogEntry, "contact_point" | "type">): string =>
  `${contact_point} (${TYPES[type] ?? type})`;

export const reasonWords = (reason: string): string => REASONS[reason] ?? reason;

export const lookOf = (status: string): { status: Status; word: string } =>
  LOOKS[STATUSES.find((one) => one === status) ?? "waiting"];

/** What the address says. */
export const filterOf = (params: URLSearchParams): LogFilter => ({
  status: STATUSES.find((one) => one === params.get("status")) ?? null,
  group: params.get("group") ?? "",
});

/** Whether its delivery has failed and is tried again by itself. */
export const isTriedAgain = ({ status, attempts }: Pick<LogEntry, "status" | "attempts">): boolean =>
  status === "waiting" && attempts > 0;

/** "2 fire, 1 over". */
export function countWords(firing: number, resolved: number): string {
  const words = [
    firing === 0 ? "" : `${firing} ${firing === 1 ? "fires" : "fire"}`,
    resolved === 0 ? "" : `${resolved} over`,
  ];
  return words.filter((one) => one !== "").join(", ") || "none";
}
