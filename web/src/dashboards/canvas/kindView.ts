/** The component of a kind of widget, fetched when it is first shown. */

import type { ComponentType, LazyExoticComponent } from "react";
import { lazy } from "react";
import type { WidgetProps } from "../../widgets/plugin";
import type { AnyWidgetKind } from "../../widgets/registry";

type View = ComponentType<WidgetProps<Record<string, unknown>>>;

const views = new WeakMap<AnyWidgetKind, LazyExoticComponent<View>>();

export function viewOf(kind: AnyWidgetKind): LazyExoticComponent<View> {
  let view = views.get(kind);
  if (view === undefined) {
    view = lazy(kind.load);
    views.set(kind, view);
  }
  return view;
}
