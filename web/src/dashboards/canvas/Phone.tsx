import type { ReactNode } from "react";
import type { Section, Widget } from "../document";
import { sectionTitle } from "./SectionHead";
import { useSwipe } from "./useSwipe";

interface Props {
  sections: readonly Section[];
  groups: ReadonlyMap<string, readonly Widget[]>;
  at: string | null;
  onOpen: (section: string) => void;
  content: (section: string) => ReactNode;
}

/** On a phone one section at a time; a swipe goes to the next. */
export function Phone({ sections, groups, at, onOpen, content }: Props) {
  const loose = (groups.get("")?.length ?? 0) > 0 ? [{ id: "", title: "Overview" }] : [];
  const pages: readonly Pick<Section, "id" | "title">[] = [...loose, ...sections];
  const here = Math.max(
    0,
    pages.findIndex((one) => one.id === at),
  );
  const page = pages[here];
  const swipe = useSwipe((by) => {
    const next = pages[here + by];
    if (next !== undefined) onOpen(next.id);
  });
  if (page === undefined) return null;
  const count = groups.get(page.id)?.length ?? 0;
  return (
    <div className="dash-phone" {...swipe}>
      <div className="dash-phone__head">
        <h2>{sectionTitle(page)}</h2>
        <em className="num">{count === 1 ? "1 panel" : `${count} panels`}</em>
        <div className="dash-phone__dots" role="tablist" aria-label="Sections">
          {pages.map((one, index) => (
            <button
              key={one.id}
              type="button"
              role="tab"
              aria-selected={index === here}
              aria-label={sectionTitle(one)}
              onClick={() => onOpen(one.id)}
            >
              <i />
            </button>
          ))}
        </div>
      </div>
      {content(page.id)}
    </div>
  );
}
