import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { hasNothing } from "../../api/sampleData";
import { SampleDataButton } from "./SampleDataButton";

const LOOK_EVERY_MS = 5000;

/** Whether nothing at all has come to the project; null: not known. Looks again until something has. */
export function useHasNothing(): boolean | null {
  const { data } = useQuery({
    queryKey: ["has nothing"],
    queryFn: ({ signal }) => hasNothing(signal),
    refetchInterval: ({ state }) => (state.data === true ? LOOK_EVERY_MS : false),
  });
  return data ?? null;
}

/** What a widget shows where nothing matches: in a project without any data, how to get some. */
export function NothingYet({ children }: { children: ReactNode }) {
  if (useHasNothing() !== true) return children;
  return (
    <div className="state">
      <b>This project has no data yet</b>
      <span>Nothing was sent or scraped.</span>
      <SampleDataButton small />
    </div>
  );
}
