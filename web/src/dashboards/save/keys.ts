/** Names under which answers about dashboards are kept. */

export const LIST_KEY = ["dashboards"] as const;
export const FOLDERS_KEY = ["folders"] as const;
export const FILES_KEY = ["provisioned"] as const;
export const documentKey = (id: string): readonly string[] => ["dashboard", id];
