import { useMemo } from "react";
import { useSession } from "../../../queries/session";
import { useLocationText } from "../../../queries/useTime";
import type { Wish } from "./rows";

/** What of the list is wanted, as the address says it. */
export function useListAddress(): { wish: Wish; deleted: boolean; change: (change: Partial<Wish>) => void } {
  const { location } = useSession();
  const place = useLocationText();
  return useMemo(() => {
    const params = new URLSearchParams(place.split("?")[1] ?? "");
    const text = (value: string | undefined): string | null => (value === "" ? null : (value ?? null));
    const change = ({ text: words, tag, starred, folder }: Partial<Wish>): void => {
      const changes: Record<string, string | null> = {};
      if (words !== undefined) changes["q"] = text(words);
      if (tag !== undefined) changes["tag"] = text(tag);
      if (starred !== undefined) changes["starred"] = starred ? "1" : null;
      if (folder !== undefined) changes["folder"] = folder;
      location.change(changes, words === undefined ? "push" : "replace");
    };
    const wish: Wish = {
      text: params.get("q") ?? "",
      tag: params.get("tag") ?? "",
      starred: params.get("starred") === "1",
      folder: text(params.get("folder") ?? undefined),
    };
    return { wish, deleted: params.get("deleted") === "1", change };
  }, [place, location]);
}
