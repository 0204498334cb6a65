/** Made-up samples for a project that has none yet, and the dashboard that shows them. */

import type { Document } from "./documents";
import { listDocuments } from "./documents";
import { request, sendJson } from "./http";

const TEMPLATE = { id: "sample-shop", title: "Sample shop" };

/** How many samples the server took. */
export const sendSampleData = async (): Promise<number> =>
  (await sendJson<{ accepted: number }>("POST", "/api/v1/sample-data")).data.accepted;

/** Id of the dashboard of the samples: the one that is there, else a new one. */
export async function sampleDashboard(): Promise<string> {
  const there = (await listDocuments("dashboard")).find((one) => one.name === TEMPLATE.title);
  if (there !== undefined) return there.id;
  const made = await sendJson<Document>("POST", `/api/v1/templates/${TEMPLATE.id}/instantiate`, {});
  return made.data.id;
}

/** Whether not a single series has come. */
export async function hasNothing(signal?: AbortSignal): Promise<boolean> {
  const { text } = await request("/api/v1/labels?limit=1", { signal });
  return (JSON.parse(text) as { data: string[] }).data.length === 0;
}
