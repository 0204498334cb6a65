/** Dashboards that somebody likes to find first; kept by the browser. */

import { textList } from "../../data/preferences";

const MOST = 500;
const kept = textList("stars", MOST);

export const stars = {
  read: kept.read,
  watch: kept.watch,
  toggle: (id: string): void => {
    const now = kept.read();
    kept.set(now.includes(id) ? now.filter((one) => one !== id) : [id, ...now]);
  },
};
