/** Contact points: ways by which people are reached, and tests of them. */

import { getJson, sendJson } from "./http";

/** A schema of JSON, as far as options need it. */
export interface OptionSchema {
  type?: string;
  format?: string;
  enum?: readonly (string | number)[];
  default?: unknown;
  items?: OptionSchema;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  description?: string;
}

export interface ContactType {
  type: string;
  title: string;
  secrets: readonly string[];
  schema: { properties: Readonly<Record<string, OptionSchema>>; required?: readonly string[] };
}

export type Options = Readonly<Record<string, unknown>>;

/** One way by which a contact point is reached. */
export interface Integration {
  type: string;
  options: Options;
  send_resolved: boolean;
}

/** The content of a document of kind `contact_point`. */
export interface ContactPoint {
  integrations: readonly Integration[];
}

/** The exact request of a test, without secrets. */
interface SentRequest {
  method: string;
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
}

export interface ContactTest {
  request: SentRequest;
  sent: boolean;
  /** Empty where it arrived, and where nothing was sent. */
  error: string;
}

const PATH = "/api/v1/alerting";

export const contactTypes = async (signal?: AbortSignal): Promise<ContactType[]> =>
  (await getJson<ContactType[]>(`${PATH}/contact-types`, signal)).data;

interface Asked {
  integration: Integration;
  /** Id of the document whose secrets are meant by `<secret>`; empty: none. */
  contact_point: string;
  /** Its place there. */
  number: number;
  show_only: boolean;
}

export const testContact = async (asked: Asked): Promise<ContactTest> =>
  (await sendJson<ContactTest>("POST", `${PATH}/contact-points/test`, asked)).data;
