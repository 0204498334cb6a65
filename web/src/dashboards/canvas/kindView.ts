/** The component of a kind of widget, fetched when it is first shown. */

import { demanded } from "../../ui/demanded";
import type { Demanded } from "../../ui/demanded";
import type { WidgetProps } from "../../widgets/plugin";
import type { AnyWidgetKind } from "../../widgets/registry";

type View = Demanded<WidgetProps<Record<string, unknown>>>;

const views = new WeakMap<AnyWidgetKind, View>();

export function viewOf(kind: AnyWidgetKind): View {
  let view = views.get(kind);
  if (view === undefined) {
    view = demanded(kind.load);
    views.set(kind, view);
  }
  return view;
}
