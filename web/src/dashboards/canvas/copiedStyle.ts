/** The look of a widget, to be given to others: how values are shown, not what it asks. */

import type { Widget } from "../document";

type Style = Pick<Widget, "format" | "transparent">;

let kept: Style | null = null;

export const copiedStyle = {
  read: (): Style | null => kept,
  keep: ({ format, transparent }: Widget): void => {
    kept = { format, transparent };
  },
};
