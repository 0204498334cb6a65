import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { FoundDashboard } from "../../../api/dashboards";
import { searchDashboards } from "../../../api/dashboards";

const WAIT_MS = 150;
const MOST = 100;
const LONGEST = 200;
const NONE: readonly FoundDashboard[] = [];

/** What the server finds by words: dashboards with the widgets that the words are about. */
export function useFound(text: string): readonly FoundDashboard[] {
  const wanted = text.trim().slice(0, LONGEST);
  const [asked, setAsked] = useState(wanted);
  useEffect(() => {
    const timer = window.setTimeout(() => setAsked(wanted), WAIT_MS);
    return () => window.clearTimeout(timer);
  }, [wanted]);
  const { data } = useQuery({
    queryKey: ["found dashboards", asked],
    queryFn: ({ signal }) => searchDashboards(asked, MOST, signal),
    enabled: asked !== "",
    placeholderData: keepPreviousData,
  });
  return wanted === "" || data === undefined ? NONE : data;
}
