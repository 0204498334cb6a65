/** What jsdom has not, and axe over a rendered part. */

import { cleanup } from "@testing-library/react";
import axe from "axe-core";
import { afterEach } from "vitest";

class NoResizeObserver {
  observe(): void {
    // nothing has a size here
  }
  unobserve(): void {
    // nothing has a size here
  }
  disconnect(): void {
    // nothing has a size here
  }
}

globalThis.ResizeObserver = NoResizeObserver;
Element.prototype.scrollIntoView = () => undefined;
Element.prototype.hasPointerCapture = () => false;

/** Answers media queries; `width` is what the queries of width see. */
export function setWidth(width: number): void {
  window.matchMedia = (query: string) => {
    const limit = /max-width: (\d+)px/.exec(query)?.[1];
    const media = { matches: limit !== undefined && width <= Number(limit), media: query, onchange: null };
    return Object.assign(new EventTarget(), media, { addListener: () => undefined, removeListener: () => undefined });
  };
}

setWidth(1440);
afterEach(cleanup);

/** What axe finds, apart from what needs pixels (e2e looks at those). */
export async function violations(): Promise<string[]> {
  const { violations: found } = await axe.run(document.body, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"],
    rules: { "color-contrast": { enabled: false }, "target-size": { enabled: false } },
  });
  return found.map((one) => `${one.id}: ${one.nodes[0]?.html ?? ""}`);
}
