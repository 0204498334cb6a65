/** A contact point as it is edited, and the form of its options as a schema tells it. Pure. */

import type { ContactPoint, ContactType, Integration, OptionSchema, Options } from "../../../api/contacts";

/** Stands for a secret that the server keeps and never shows. */
export const KEPT = "<secret>";

/** An integration in the form; `place` is where it stands in what the server keeps, null: it is new. */
export interface Draft extends Integration {
  key: number;
  place: number | null;
}

let keys = 0;
const nextKey = (): number => (keys += 1);

export const newDraft = (type: string): Draft => ({
  key: nextKey(),
  place: null,
  type,
  options: {},
  send_resolved: true,
});

/** What a document says, with what it leaves out; it is read, not trusted. */
export function contactOf(spec: unknown): ContactPoint {
  const said = (typeof spec === "object" && spec !== null ? spec : {}) as Partial<ContactPoint>;
  const integrations = Array.isArray(said.integrations) ? (said.integrations as Partial<Integration>[]) : [];
  return {
    integrations: integrations.map(({ type = "", options = {}, send_resolved = true }) => ({
      type,
      options,
      send_resolved,
    })),
  };
}

export const draftsOf = (spec: unknown): Draft[] =>
  contactOf(spec).integrations.map((one, place) => ({ ...one, key: nextKey(), place }));

function isEmpty(value: unknown): boolean {
  if (typeof value === "object") return value === null || Object.keys(value).length === 0;
  return value === "" || value === undefined;
}

/** What is sent of a form: without what is empty, and with `kept` in place of secrets that stay. */
export function integrationOf(draft: Draft, kept: string): Integration {
  const options = Object.entries(draft.options)
    .filter(([, value]) => !isEmpty(value))
    .map(([name, value]) => [name, value === KEPT ? kept : value]);
  return { type: draft.type, options: Object.fromEntries(options) as Options, send_resolved: draft.send_resolved };
}

/** The document's content; a secret that stays names the place where it is kept, for others may be gone. */
export const specOf = (drafts: readonly Draft[]): ContactPoint => ({
  integrations: drafts.map((one) => integrationOf(one, one.place === null ? KEPT : `<secret ${one.place}>`)),
});

type OptionKind = "secret" | "choice" | "text" | "list" | "pairs" | "switch" | "number" | "line";

export interface OptionField {
  name: string;
  title: string;
  help: string | undefined;
  kind: OptionKind;
  required: boolean;
  schema: OptionSchema;
}

function kindOf(name: string, schema: OptionSchema, secrets: readonly string[]): OptionKind {
  if (schema.type === "array") return "list";
  if (secrets.includes(name) || schema.format === "password") return "secret";
  if (schema.enum !== undefined) return "choice";
  if (schema.type === "object") return "pairs";
  if (schema.type === "boolean") return "switch";
  if (schema.type === "integer" || schema.type === "number") return "number";
  return schema.format === "template" ? "text" : "line";
}

/** The fields of a type, in the order of its schema. */
export const fieldsOf = ({ type, schema, secrets }: ContactType): OptionField[] =>
  Object.entries(schema.properties).map(([name, one]) => ({
    name,
    title: titleOf(name),
    help: HELP[`${type}.${name}`] ?? one.description,
    kind: kindOf(name, one, secrets),
    required: schema.required?.includes(name) === true,
    schema: one,
  }));

const SHORT: Readonly<Record<string, string>> = { url: "URL", api: "API", hmac: "HMAC", tls: "TLS", smtp: "SMTP" };

/** "Webhook URL" of `webhook_url`. */
export function titleOf(name: string): string {
  const words = name.split("_").map((word) => SHORT[word] ?? word);
  const text = words.join(" ");
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

const HELP: Readonly<Record<string, string>> = {
  "slack.webhook_url": "Of an incoming webhook. Give this, or the token of a bot and a channel.",
  "slack.token": "Of a bot, which answers below its first message.",
  "slack.channel": "Such as #ops, for a bot.",
  "slack.api_url": "Empty: at Slack.",
  "slack.mention": "Before what fires, such as <!here> or <@U012AB3CD>.",
  "email.to": "One address a line.",
  "email.server": "host or host:port. Empty: the server's own mail server.",
  "email.sender": "Empty: the server's own.",
  "pagerduty.routing_key": "The integration key of a service or of an event orchestration.",
  "pagerduty.api_url": "Empty: at PagerDuty.",
  "webhook.authorization": "The whole value of the header, such as Bearer abc.",
  "webhook.hmac_secret": "With it each request is signed by X-Vedette-Signature.",
  "apprise.url": "Such as tgram://token/chat. It holds the secrets of the service.",
  "webhook.body": "A template. Empty: the JSON of Alertmanager's webhooks.",
};

const PROBLEM = /^integrations\[(\d+)\](?:\.options)?[.:]?\s*(.*)$/s;

/** Which integration a message of the server is about, and what it says of it. */
export function problemOf(message: string): { number: number; text: string } | null {
  const found = PROBLEM.exec(message);
  return found === null ? null : { number: Number(found[1]), text: found[2] ?? "" };
}

interface Naming {
  steps?: readonly { receivers?: readonly string[] }[];
  members?: readonly { contact_point?: string }[];
}

/** The contact points that an escalation or a schedule names. */
export function namedBy(spec: unknown): string[] {
  const { steps = [], members = [] } = (typeof spec === "object" && spec !== null ? spec : {}) as Naming;
  return [...steps.flatMap(({ receivers = [] }) => receivers), ...members.map((one) => one.contact_point ?? "")];
}

/** What a list of contact points says of one: "Webhook, E-mail". */
export const waysOf = (point: ContactPoint, types: readonly ContactType[]): string =>
  point.integrations.map(({ type }) => types.find((one) => one.type === type)?.title ?? type).join(", ");
