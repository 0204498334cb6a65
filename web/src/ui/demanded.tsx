import type { ComponentType, ReactNode } from "react";
import { createElement, useEffect, useState } from "react";

export type Demanded<Props extends object> = ComponentType<Props> & {
  /** Loads it before it is shown. */
  preload: () => Promise<void>;
};

/**
 * A component that is loaded when it is first wanted. What React's own `lazy` shows after a fallback is held back for up
 * to 300 ms; this is there with the next frame, and at once when it was preloaded.
 */
export function demanded<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
  meanwhile: ReactNode = null,
): Demanded<Props> {
  let View: ComponentType<Props> | null = null;
  let asked: Promise<void> | null = null;
  const preload = (): Promise<void> => {
    asked ??= load().then(
      (module) => {
        View = module.default;
      },
      (problem: unknown) => {
        // the next one who wants it asks again
        asked = null;
        throw problem;
      },
    );
    return asked;
  };
  function Loaded(props: Props) {
    const [, arrived] = useState(View !== null);
    const [problem, failed] = useState<{ error: unknown } | null>(null);
    useEffect(() => {
      if (View !== null) return;
      let wanted = true;
      preload().then(
        () => wanted && arrived(true),
        (error: unknown) => wanted && failed({ error }),
      );
      return () => {
        wanted = false;
      };
    }, []);
    if (problem !== null) throw problem.error;
    return View === null ? meanwhile : createElement(View, props);
  }
  return Object.assign(Loaded, { preload });
}
