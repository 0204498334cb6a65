import type { PointerEvent } from "react";
import { useRef, useState } from "react";
import { useDashboardNow, useEdit } from "../store";

interface Rectangle {
  left: number;
  top: number;
  width: number;
  height: number;
}

const LEAST_PX = 6;
const INSIDE = "[data-frame], button, a, input, [role='menu'], .dash-section, .popover";

/** A frame drawn on the empty canvas selects what it touches; a click there lets go. */
export function useMarquee(enabled: boolean) {
  const edit = useEdit();
  const now = useDashboardNow();
  const [frame, setFrame] = useState<Rectangle | null>(null);
  const start = useRef<{ x: number; y: number; kept: string[] } | null>(null);
  if (!enabled) return { frame: null, handlers: {} };

  const touched = (area: Rectangle): string[] =>
    [...document.querySelectorAll<HTMLElement>("[data-frame]")].flatMap((one) => {
      const { left, right, top, bottom } = one.getBoundingClientRect();
      const meets =
        left < area.left + area.width && right > area.left && top < area.top + area.height && bottom > area.top;
      return meets ? [one.dataset["frame"] ?? ""] : [];
    });
  const end = (): void => {
    start.current = null;
    setFrame(null);
  };
  return {
    frame,
    handlers: {
      onPointerDown: (event: PointerEvent<HTMLElement>): void => {
        if (event.button !== 0 || event.pointerType === "touch") return;
        if (event.target instanceof Element && event.target.closest(INSIDE) !== null) return;
        const more = event.shiftKey || event.ctrlKey || event.metaKey;
        const kept = more ? now().selection : [];
        start.current = { x: event.clientX, y: event.clientY, kept };
        event.currentTarget.setPointerCapture(event.pointerId);
        if (!more) edit.selected([]);
      },
      onPointerMove: (event: PointerEvent<HTMLElement>): void => {
        const from = start.current;
        if (from === null) return;
        const area = {
          left: Math.min(from.x, event.clientX),
          top: Math.min(from.y, event.clientY),
          width: Math.abs(event.clientX - from.x),
          height: Math.abs(event.clientY - from.y),
        };
        if (frame === null && Math.max(area.width, area.height) < LEAST_PX) return;
        setFrame(area);
        edit.selected([...new Set([...from.kept, ...touched(area)])]);
      },
      onPointerUp: end,
      onPointerCancel: end,
    },
  };
}
