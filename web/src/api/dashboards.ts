/** Many dashboards at once: found by words, moved, deleted, exported, taken over; and files they come from. */

import { getJson, sendJson } from "./http";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];

export type FoundDashboard = Schemas["Found"];
export type ManyOutcome = Schemas["ManyOutcome"];
export type TakenOutcome = Schemas["Outcome"];
export type ImportReport = Schemas["Report"];
export type ProvisionedFile = Schemas["ProvisionedFile"];
export type TemplateHead = Schemas["TemplateHead"];

export interface BundleDocument {
  id?: string;
  name: string;
  spec: unknown;
}

export interface Bundle {
  kind: "vedette/bundle";
  folders: BundleDocument[];
  dashboards: BundleDocument[];
}

const PATH = "/api/v1/dashboards";

export const searchDashboards = async (query: string, limit: number, signal?: AbortSignal): Promise<FoundDashboard[]> =>
  (await getJson<FoundDashboard[]>(`${PATH}/search?${new URLSearchParams({ query, limit: `${limit}` })}`, signal)).data;

export const changeMany = async (
  action: "move" | "delete" | "restore",
  ids: readonly string[],
  folder = "",
): Promise<ManyOutcome[]> => (await sendJson<ManyOutcome[]>("POST", `${PATH}/many`, { action, ids, folder })).data;

/** No ids: all of the project. */
export const exportBundle = async (ids: readonly string[]): Promise<Bundle> =>
  (await sendJson<Bundle>("POST", `${PATH}/export`, { ids })).data;

export interface Taking {
  bundle: Bundle;
  /** null: the folders of the bundle. */
  into: string | null;
  same: "copy" | "replace";
  dry_run: boolean;
}

export const takeBundle = async (taking: Taking): Promise<TakenOutcome[]> =>
  (await sendJson<TakenOutcome[]>("POST", `${PATH}/take`, taking)).data;

/** Fails with what is wrong with the content of a dashboard. */
export const checkDashboard = async (spec: unknown): Promise<void> => {
  await sendJson("POST", `${PATH}/check`, { spec });
};

export interface FromGrafana {
  name: string;
  dashboard: unknown;
  report: ImportReport;
}

/** What would become of a dashboard of Grafana. */
export const fromGrafana = async (grafana: unknown): Promise<FromGrafana> =>
  (await sendJson<FromGrafana>("POST", `${PATH}/import`, { grafana })).data;

export interface Provisioned {
  on: boolean;
  allow_edits: boolean;
  files: ProvisionedFile[];
}

export const provisioned = async (signal?: AbortSignal): Promise<Provisioned> =>
  (await getJson<Provisioned>(`${PATH}/provisioned`, signal)).data;

export const writeBack = async (id: string): Promise<ProvisionedFile> =>
  (await sendJson<ProvisionedFile>("POST", `${PATH}/${encodeURIComponent(id)}/write-back`, {})).data;

export const listTemplates = async (signal?: AbortSignal): Promise<TemplateHead[]> =>
  (await getJson<TemplateHead[]>("/api/v1/templates", signal)).data;

export const getTemplate = async (id: string, signal?: AbortSignal): Promise<TemplateHead & { spec: unknown }> =>
  (await getJson<TemplateHead & { spec: unknown }>(`/api/v1/templates/${encodeURIComponent(id)}`, signal)).data;
