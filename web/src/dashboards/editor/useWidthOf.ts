import { useEffect, useState } from "react";

const GUESSED_WIDTH = 600;

/** How wide a widget is drawn, so that what stands beside the canvas asks the same as it. */
export function useWidthOf(id: string): number {
  const [width, setWidth] = useState(GUESSED_WIDTH);
  useEffect(() => {
    const body = document.querySelector(`[data-frame="${CSS.escape(id)}"] .dash-body`);
    if (body === null) return;
    const observer = new ResizeObserver(() => setWidth(Math.round(body.clientWidth) || GUESSED_WIDTH));
    observer.observe(body);
    return () => observer.disconnect();
  }, [id]);
  return width;
}
