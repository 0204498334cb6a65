import type { TouchEvent } from "react";
import { useRef } from "react";

const FAR_PX = 56;
const STRAIGHT = 1.6;

/** A finger that goes sideways: -1 to the one before, 1 to the one after. Charts and lists that scroll keep theirs. */
export function useSwipe(swiped: (by: 1 | -1) => void) {
  const start = useRef<{ x: number; y: number } | null>(null);
  return {
    onTouchStart: (event: TouchEvent): void => {
      const touch = event.touches.item(0);
      const own =
        event.target instanceof Element && event.target.closest(".chart, .legend-inline, [data-swipe]") !== null;
      start.current = event.touches.length > 1 || own ? null : { x: touch.clientX, y: touch.clientY };
    },
    onTouchEnd: (event: TouchEvent): void => {
      const from = start.current;
      const touch = event.changedTouches.item(0);
      start.current = null;
      if (from === null) return;
      const [dx, dy] = [touch.clientX - from.x, touch.clientY - from.y];
      if (Math.abs(dx) > FAR_PX && Math.abs(dx) > STRAIGHT * Math.abs(dy)) swiped(dx < 0 ? 1 : -1);
    },
  };
}
