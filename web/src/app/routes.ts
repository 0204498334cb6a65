/** Every page of the application: adding one is a line here. */

import { Bell, Compass, House, LayoutDashboard, Server, Settings } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import type { ComponentType } from "react";
import type { Permission } from "../queries/account";
import { HomePage } from "../pages/home/HomePage";
import { HostPage } from "../pages/host/HostPage";
import type { Demanded } from "../ui/demanded";
import { demanded } from "../ui/demanded";
import { LOADING } from "./Loading";

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
  /** Nothing around it, and open to everybody: login, set-up. */
  bare?: boolean;
  /** Shown in the navigation to those who have the right in the project. */
  needs?: Permission;
  /** Reached through the page of this path only, and shown as it in the navigation. */
  partOf?: string;
  /** A command leads there, although it is part of another page. */
  offered?: boolean;
  /** Of use also to somebody who has no role in any project. */
  anywhere?: boolean;
}

const shown = (load: () => Promise<{ default: ComponentType }>): ComponentType => demanded(load, LOADING);

/** Asks for the page of an address, so that it is there when the rest is. */
export async function preload(path: string): Promise<void> {
  const Page = routeOf(path, ROUTES)?.Page;
  if (Page !== undefined && "preload" in Page) await (Page as Demanded<object>).preload();
}

export const ROUTES: readonly PageRoute[] = [
  { path: "/", Page: HomePage, word: "Home", icon: House, keys: "g h" },
  {
    path: "/dashboards",
    Page: shown(() => import("../pages/dashboards/DashboardsPage")),
    word: "Dashboards",
    icon: LayoutDashboard,
    keys: "g d",
    needs: "documents:read",
  },
  {
    path: "/dashboards/templates",
    Page: shown(() => import("../pages/dashboards/TemplatesPage")),
    word: "Templates",
    partOf: "/dashboards",
    offered: true,
  },
  {
    path: "/d",
    Page: shown(() => import("../pages/dashboards/DashboardPage")),
    word: "Dashboard",
    below: true,
    partOf: "/dashboards",
  },
  {
    path: "/shared",
    Page: shown(() => import("../pages/shared/SharedPage")),
    word: "Public links and snapshots",
    partOf: "/dashboards",
    offered: true,
    needs: "documents:read",
  },
  {
    path: "/snapshot",
    Page: shown(() => import("../pages/public/SnapshotPage")),
    word: "Snapshot",
    below: true,
    partOf: "/dashboards",
  },
  {
    path: "/playlists",
    Page: shown(() => import("../pages/playlists/PlaylistsPage")),
    word: "Playlists",
    partOf: "/dashboards",
    offered: true,
    needs: "documents:read",
  },
  {
    path: "/explore",
    Page: shown(() => import("../pages/explore/ExplorePage")),
    word: "Explore",
    icon: Compass,
    keys: "g e",
  },
  {
    path: "/alerts",
    Page: shown(() => import("../pages/alerts/AlertsPage")),
    word: "Alerts",
    icon: Bell,
    keys: "g l",
    below: true,
    needs: "metrics:read",
  },
  { path: "/host", Page: HostPage, word: "Host", icon: Server, keys: "g m" },
  {
    path: "/admin",
    Page: shown(() => import("../pages/admin/AdminPage")),
    word: "Admin",
    icon: Settings,
    keys: "g a",
    below: true,
    needs: "project:admin",
    anywhere: true,
  },
  {
    path: "/profile",
    Page: shown(() => import("../pages/profile/ProfilePage")),
    word: "Profile",
    keys: "g p",
    anywhere: true,
  },
  { path: "/login", Page: shown(() => import("../pages/login/LoginPage")), word: "Sign in", bare: true },
  { path: "/public", Page: shown(() => import("../pages/public/PublicPage")), word: "Shared dashboard", bare: true },
  { path: "/embed", Page: shown(() => import("../pages/public/PublicPage")), word: "Shared dashboard", bare: true },
  { path: "/setup", Page: shown(() => import("../pages/setup/SetupPage")), word: "Set-up", bare: true },
];

/** The page of an address, if there is one. */
export function routeOf<R extends Pick<PageRoute, "path" | "below">>(path: string, routes: readonly R[]): R | null {
  return (
    routes.find((one) => one.path === path) ??
    routes.find((one) => one.below === true && path.startsWith(`${one.path}/`)) ??
    null
  );
}

/** Whether a page is worth a command: it is one to go to, and not closed to who is here. */
export function isOffered(route: PageRoute, may: (permission: Permission) => boolean, signedIn: boolean): boolean {
  const isPart = route.partOf !== undefined && route.offered !== true;
  if (route.bare === true || isPart || (route.path === "/profile" && !signedIn)) return false;
  return route.needs === undefined || may(route.needs);
}
