import type { ReactNode } from "react";
import type { SectionCopy } from "../repeat";
import { sectionTitle } from "./SectionHead";
import { useSwipe } from "./useSwipe";

/** null: the widgets before all sections. */
type Page = SectionCopy | null;

interface Props {
  pages: readonly Page[];
  count: (page: Page) => number;
  at: string | null;
  onOpen: (section: string) => void;
  content: (page: Page) => ReactNode;
}

const idOf = (page: Page): string => page?.id ?? "";
const titleOf = (page: Page): string => (page === null ? "Overview" : sectionTitle(page));

/** On a phone one section at a time; a swipe goes to the next. */
export function Phone({ pages, count, at, onOpen, content }: Props) {
  const here = Math.max(
    0,
    pages.findIndex((one) => idOf(one) === at),
  );
  const page = pages[here];
  const swipe = useSwipe((by) => {
    const next = pages[here + by];
    if (next !== undefined) onOpen(idOf(next));
  });
  if (page === undefined) return null;
  const panels = count(page);
  return (
    <div className="dash-phone" {...swipe}>
      <div className="dash-phone__head">
        <h2>{titleOf(page)}</h2>
        <em className="num">{panels === 1 ? "1 panel" : `${panels} panels`}</em>
        <div className="dash-phone__dots" role="tablist" aria-label="Sections">
          {pages.map((one, index) => (
            <button
              key={idOf(one)}
              type="button"
              role="tab"
              aria-selected={index === here}
              aria-label={titleOf(one)}
              onClick={() => onOpen(idOf(one))}
            >
              <i />
            </button>
          ))}
        </div>
      </div>
      {content(page)}
    </div>
  );
}
