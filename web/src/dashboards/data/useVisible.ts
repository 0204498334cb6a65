import type { RefObject } from "react";
import { createContext, use, useEffect, useState } from "react";

/** So far outside of the view something already counts as seen. */
const MARGIN = "200px";
const LINGER_MS = 2000;

const Whole = createContext(false);

/** Everything below counts as seen, as on paper. */
export const WholeProvider = Whole.Provider;

/** Whether an element is seen; one that just left still counts for a moment, so that scrolling past does not ask twice. */
export function useVisible(element: RefObject<Element | null>): boolean {
  const whole = use(Whole);
  const [visible, setVisible] = useState(false);
  useEffect(() => {
    if (element.current === null) return;
    let timer: number | undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        const seen = entries.at(-1)?.isIntersecting === true;
        window.clearTimeout(timer);
        if (seen) setVisible(true);
        else timer = window.setTimeout(() => setVisible(false), LINGER_MS);
      },
      { rootMargin: MARGIN },
    );
    observer.observe(element.current);
    return () => {
      window.clearTimeout(timer);
      observer.disconnect();
    };
  }, [element]);
  return visible || whole;
}
