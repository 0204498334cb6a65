/** Every page of the application: adding one is a line here. */

import { Compass, House } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import type { ComponentType } from "react";
import { lazy } from "react";
import { HostPage } from "../pages/host/HostPage";

export interface PageRoute {
  path: string;
  Page: ComponentType;
  word: string;
  /** In the navigation, with its icon; else reached by links. */
  icon?: LucideIcon;
  /** Keys that go there. */
  keys?: string;
  /** Its own paths below: /admin/users belongs to /admin. */
  below?: boolean;
  /** Nothing around it: login, set-up. */
  bare?: boolean;
}

export const ROUTES: readonly PageRoute[] = [
  { path: "/", Page: HostPage, word: "Host", icon: House, keys: "g h" },
  {
    path: "/explore",
    Page: lazy(() => import("../pages/explore/ExplorePage")),
    word: "Explore",
    icon: Compass,
    keys: "g e",
  },
];

/** The page of an address, if there is one. */
export function routeOf<R extends Pick<PageRoute, "path" | "below">>(path: string, routes: readonly R[]): R | null {
  return (
    routes.find((one) => one.path === path) ??
    routes.find((one) => one.below === true && path.startsWith(`${one.path}/`)) ??
    null
  );
}
