/** Who is signed in, what they may do, and which project the page is about. */

import type { QueryClient } from "@tanstack/react-query";
import { hashKey, queryOptions, useQueryClient } from "@tanstack/react-query";
import { createContext, use, useCallback, useSyncExternalStore } from "react";
import type { OwnProject, WhoAmI } from "../api/access";
import { SESSION, whoAmI } from "../api/access";
import { sendJson } from "../api/http";
import { useSession } from "./session";

export type Permission =
  | "metrics:read"
  | "status:read"
  | "documents:read"
  | "documents:write"
  | "samples:write"
  | "series:delete"
  | "project:admin"
  | "instance:admin";

/** Asked once and after every change of who is signed in; not a matter of the project. */
export const WHO = queryOptions({
  queryKey: ["who am I"],
  queryFn: ({ signal }) => whoAmI(signal),
  queryKeyHashFn: hashKey,
  staleTime: 60_000,
});

const WhoContext = createContext<WhoAmI | null>(null);

export const WhoProvider = WhoContext.Provider;

export function useWho(): WhoAmI {
  const who = use(WhoContext);
  if (who === null) throw new Error("useWho outside of its provider");
  return who;
}

/** Whether nobody has to sign in, or somebody has. */
export const isKnown = (who: WhoAmI): boolean => who.no_auth || who.user !== null;

/** Whether they have a right in a project; `instance:admin` is one over all of them. */
export function may(who: WhoAmI, permission: Permission, project: string): boolean {
  if (who.no_auth || who.user?.is_instance_admin === true) return true;
  const own = who.projects.find((one) => one.name === project);
  return permission !== "instance:admin" && own?.permissions.includes(permission) === true;
}

export function useProject(): string {
  const { project } = useSession();
  return useSyncExternalStore(project.watch, project.read);
}

/** The project that the page is about, with what one may do there; undefined: it is not theirs. */
export function useOwnProject(): OwnProject | undefined {
  const name = useProject();
  return useWho().projects.find((one) => one.name === name);
}

export function useMay(): (permission: Permission, project?: string) => boolean {
  const who = useWho();
  const here = useProject();
  return useCallback((permission, project = here) => may(who, permission, project), [who, here]);
}

/** Forgets all answers and asks who is signed in now. */
export async function askAgain(queries: QueryClient): Promise<WhoAmI> {
  queries.removeQueries({ predicate: (query) => query.queryKey[0] !== WHO.queryKey[0] });
  return queries.query({ ...WHO, staleTime: 0 });
}

export function useAskAgain(): () => Promise<WhoAmI> {
  const queries = useQueryClient();
  return useCallback(() => askAgain(queries), [queries]);
}

export function useSignOut(): () => Promise<void> {
  const queries = useQueryClient();
  const { location, live } = useSession();
  return useCallback(async () => {
    await sendJson("DELETE", SESSION);
    live.reconnect();
    // at once, so that the login does not lead back here for somebody else
    queries.setQueryData(WHO.queryKey, (who) => who && { ...who, user: null, csrf: "", projects: [] });
    location.open("/login");
    queries.removeQueries({ predicate: (query) => query.queryKey[0] !== WHO.queryKey[0] });
  }, [queries, location, live]);
}
