import type { RefObject } from "react";
import { useEffect, useRef, useState } from "react";

export interface Box {
  width: number;
  height: number;
}

/** The size of an element; null until it is laid out. */
export function useBox(): [RefObject<HTMLDivElement | null>, Box | null] {
  const element = useRef<HTMLDivElement>(null);
  const [box, setBox] = useState<Box | null>(null);
  useEffect(() => {
    const { current } = element;
    if (current === null) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry === undefined) return;
      const { width, height } = entry.contentRect;
      setBox((old) => (old?.width === width && old.height === height ? old : { width, height }));
    });
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  return [element, box];
}
