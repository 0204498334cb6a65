/** Dashboards that are about to be taken over. */

import type { Bundle, BundleDocument, ImportReport } from "../../../api/dashboards";
import { fromGrafana } from "../../../api/dashboards";
import { readFile } from "./readFile";

export interface Item {
  key: string;
  /** Where it comes from. */
  source: string;
  id: string;
  name: string;
  spec: unknown;
  /** What became of a dashboard of Grafana. */
  report: ImportReport | null;
  problem: string | null;
}

export interface Read {
  items: Item[];
  folders: BundleDocument[];
}

const messageOf = (failure: unknown): string => (failure instanceof Error ? failure.message : String(failure));

let serial = 0;

const item = (source: string, more: Partial<Item>): Item => {
  serial += 1;
  return { key: `${serial}`, source, id: "", name: source, spec: null, report: null, problem: null, ...more };
};

/** All that is in a text; what cannot be taken is there with the reason. */
export async function readItems(text: string, source: string): Promise<Read> {
  const found = readFile(text, source);
  if (found.kind === "wrong") return { items: [item(source, { problem: found.problem })], folders: [] };
  if (found.kind === "ours") {
    const items = found.dashboards.map(({ id = "", name, spec }) => item(source, { id, name, spec }));
    return { items, folders: found.folders };
  }
  try {
    const { name, dashboard, report } = await fromGrafana(found.grafana);
    return { items: [item(source, { name, spec: dashboard, report })], folders: [] };
  } catch (failure) {
    return { items: [item(source, { problem: messageOf(failure) })], folders: [] };
  }
}

/** What is sent of the items that can be taken. */
export const bundleOf = (items: readonly Item[], folders: readonly BundleDocument[]): Bundle => ({
  kind: "vedette/bundle",
  folders: [...folders],
  dashboards: items.map(({ id, name, spec }) => ({ name, spec, ...(id === "" ? {} : { id }) })),
});
