import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { listDocuments } from "../../api/documents";
import { LIST_KEY } from "../../dashboards/save/keys";
import { choice } from "../../data/preferences";
import { useMay } from "../../queries/account";
import { usePreferences } from "../../queries/preferences";
import { useSession } from "../../queries/session";
import { demanded } from "../../ui/demanded";
import { HostPage } from "../host/HostPage";
import { destinationOf } from "./destination";

const OwnPage = demanded(async () => {
  const module = await import("./OwnPage");
  return { default: module.OwnPage };
});

/** What this browser showed last, so that it need not wait for the answer to show the same again. */
const last = choice<"host" | "other">("home", ["host", "other"]);

/** The first page: where somebody has chosen to begin. */
export function HomePage() {
  return useMay()("documents:read") ? <Own /> : <HostPage />;
}

function Own() {
  const { location } = useSession();
  const preferences = usePreferences();
  const { known, stars, recent, home } = preferences;
  const chosen = home !== "" || stars.length > 0 || recent.length > 0;
  const list = useQuery({
    queryKey: LIST_KEY,
    queryFn: ({ signal }) => listDocuments("dashboard", signal),
    enabled: known && chosen && home !== "host",
  });
  const settled = known && (!chosen || home === "host" || list.isFetched);
  const destination = settled ? destinationOf(preferences, list.data ?? []) : null;
  const goal = destination !== null && "go" in destination ? destination.go : null;
  const host = destination === null ? last.read() === "host" : "show" in destination && destination.show === "host";
  useEffect(() => {
    if (destination !== null && (last.read() === "host") !== host) last.set(host ? "host" : "other");
  }, [destination, host]);
  useEffect(() => {
    if (goal !== null) location.open(`${goal}${location.search}`, "replace");
  }, [goal, location]);
  if (host) return <HostPage />;
  if (destination === null || goal !== null) return null;
  return <OwnPage all={list.data ?? []} />;
}
