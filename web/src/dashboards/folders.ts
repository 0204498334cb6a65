/** Folders of dashboards, and the files that dashboards come from. */

import { useQuery } from "@tanstack/react-query";
import { provisioned } from "../api/dashboards";
import type { DocumentHead } from "../api/documents";
import { listDocuments } from "../api/documents";
import { FILES_KEY, FOLDERS_KEY } from "./save/keys";

/** By name; undefined while they are being fetched. */
export function useFolders(): readonly DocumentHead[] | undefined {
  return useQuery({ queryKey: FOLDERS_KEY, queryFn: ({ signal }) => listDocuments("folder", signal) }).data;
}

/** A folder to choose; the first one is none. */
export const folderOptions = (folders: readonly DocumentHead[]): { value: string; label: string }[] => [
  { value: "", label: "No folder" },
  ...folders.map(({ id, name }) => ({ value: id, label: name })),
];

export interface FileOf {
  path: string;
  /** It may be changed here as well, and written back. */
  writable: boolean;
}

/** The files that dashboards come from, by the id of the dashboard. */
export function useFiles(): ReadonlyMap<string, FileOf> | undefined {
  return useQuery({
    queryKey: FILES_KEY,
    queryFn: ({ signal }) => provisioned(signal),
    select: ({ files, allow_edits }) =>
      new Map(files.filter((one) => one.id !== "").map((one) => [one.id, { path: one.path, writable: allow_edits }])),
  }).data;
}
