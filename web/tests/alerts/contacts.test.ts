import { describe, expect, it } from "vitest";
import type { ContactType } from "../../src/api/contacts";
import {
  KEPT,
  contactOf,
  draftsOf,
  fieldsOf,
  integrationOf,
  namedBy,
  newDraft,
  problemOf,
  specOf,
  titleOf,
} from "../../src/pages/alerts/contacts/contact";

const WEBHOOK: ContactType = {
  type: "webhook",
  title: "Webhook",
  secrets: ["authorization"],
  schema: {
    required: ["url"],
    properties: {
      url: { type: "string", format: "uri" },
      method: { enum: ["POST", "PUT"], default: "POST" },
      authorization: { type: "string", format: "password" },
      headers: { type: "object", default: {} },
      to: { type: "array", items: { type: "string" } },
      tries: { type: "integer" },
      fast: { type: "boolean" },
      body: { type: "string", format: "template" },
      note: { type: "string", description: "Of the schema." },
    },
  },
};

const point = (...integrations: unknown[]) => ({ integrations });

describe("the form of a type", () => {
  it("has an input for every kind of option that a schema can tell", () => {
    const kinds = Object.fromEntries(fieldsOf(WEBHOOK).map(({ name, kind }) => [name, kind]));
    expect(kinds).toEqual({
      url: "line",
      method: "choice",
      authorization: "secret",
      headers: "pairs",
      to: "list",
      tries: "number",
      fast: "switch",
      body: "text",
      note: "line",
    });
    const byName = (wanted: string) => fieldsOf(WEBHOOK).find(({ name }) => name === wanted);
    expect([byName("url")?.required, byName("note")?.required]).toEqual([true, false]);
    expect(byName("note")?.help).toBe("Of the schema.");
  });

  it("calls options as people do", () => {
    expect(["webhook_url", "hmac_secret", "to", "tls"].map(titleOf)).toEqual([
      "Webhook URL",
      "HMAC secret",
      "To",
      "TLS",
    ]);
  });
});

describe("what is sent of a form", () => {
  it("leaves out what is empty", () => {
    const options = { url: "u", authorization: "", to: [], headers: {}, tries: 0, fast: false, body: null };
    expect(integrationOf({ ...newDraft("webhook"), options }, KEPT).options).toEqual({
      url: "u",
      tries: 0,
      fast: false,
    });
  });

  it("names where a secret is kept, also after one before it is gone", () => {
    const [, second] = draftsOf(
      point({ type: "webhook", options: {} }, { type: "webhook", options: { authorization: KEPT } }),
    );
    expect(second).toBeDefined();
    if (second === undefined) return;
    const fresh = { ...newDraft("webhook"), options: { authorization: "new" } };
    const { integrations } = specOf([second, fresh]);
    expect(integrations.map(({ options }) => options["authorization"])).toEqual(["<secret 1>", "new"]);
    // a test says the place beside it
    expect(integrationOf(second, KEPT).options["authorization"]).toBe(KEPT);
  });

  it("reads any document", () => {
    expect(contactOf(null)).toEqual({ integrations: [] });
    expect(contactOf(point({ type: "slack" }))).toEqual(point({ type: "slack", options: {}, send_resolved: true }));
    expect(namedBy({ steps: [{ receivers: ["a"] }, {}], members: [{ contact_point: "b" }] })).toEqual(["a", "b"]);
    expect(namedBy("hostile")).toEqual([]);
  });
});

describe("what the server says is wrong", () => {
  it("belongs to the integration that it names", () => {
    expect(problemOf("integrations[1].options: give either a or b")).toEqual({ number: 1, text: "give either a or b" });
    expect(problemOf("integrations[0].options.token: give it anew")).toEqual({
      number: 0,
      text: "token: give it anew",
    });
    expect(problemOf("integrations[2].url: no address")).toEqual({ number: 2, text: "url: no address" });
    expect(problemOf("the name is taken")).toBeNull();
  });
});
