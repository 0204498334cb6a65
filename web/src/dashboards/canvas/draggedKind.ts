/** Which kind is being dragged out of the library: what is dragged over a page may not be looked into before it is dropped. */

import type { AnyWidgetKind } from "../../widgets/registry";

let dragged: AnyWidgetKind | null = null;

export const draggedKind = {
  read: (): AnyWidgetKind | null => dragged,
  begin: (kind: AnyWidgetKind): void => {
    dragged = kind;
  },
  end: (): void => {
    dragged = null;
  },
};
