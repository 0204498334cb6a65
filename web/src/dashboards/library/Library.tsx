import { useMemo, useState } from "react";
import { fuzzy } from "../../data/commands";
import { SearchInput } from "../../ui";
import type { Category } from "../../widgets/plugin";
import type { AnyWidgetKind } from "../../widgets/registry";
import { pluginName } from "../../widgets/plugins/kinds";
import { RefusedPlugins } from "../../widgets/plugins/RefusedPlugins";
import { useWidgetKinds } from "../../widgets/registry";
import { useWidgetActions } from "../canvas/actions";
import { draggedKind } from "../canvas/draggedKind";
import { Thumbnail } from "./Thumbnail";

const GROUPS: readonly [Category, string][] = [
  ["time", "Time"],
  ["number", "Value"],
  ["table", "Table"],
  ["distribution", "Distribution"],
  ["relation", "Relation"],
  ["space", "Space"],
  ["status", "Status"],
  ["text", "Context"],
];

/** Kinds of widgets, to be dragged onto the canvas or added with enter. */
export function Library({ onAdded }: { onAdded: (id: string) => void }) {
  const [wish, setWish] = useState("");
  const all = useWidgetKinds();
  const kinds = useMemo(
    () => all.filter((one) => fuzzy(wish, `${one.name} ${one.description} ${one.category}`)),
    [all, wish],
  );
  return (
    <aside className="dash-library" aria-label="Widget library">
      <div className="dash-library__search">
        <SearchInput data-library-search="" label="Find a widget" value={wish} onChange={setWish} />
      </div>
      <div className="dash-library__list">
        {GROUPS.map(([category, title]) => {
          const own = kinds.filter((one) => one.category === category);
          return own.length === 0 ? null : (
            <section key={category} aria-label={title}>
              <h2 className="label">{title}</h2>
              <div className="dash-library__grid">
                {own.map((kind) => (
                  <Kind key={kind.kind} kind={kind} onAdded={onAdded} />
                ))}
              </div>
            </section>
          );
        })}
        {kinds.length === 0 ? <p className="muted p-3">Nothing matches {wish}.</p> : null}
        {wish === "" ? <RefusedPlugins /> : null}
      </div>
    </aside>
  );
}

function Kind({ kind, onAdded }: { kind: AnyWidgetKind; onAdded: (id: string) => void }) {
  const { add } = useWidgetActions();
  return (
    <div
      className="dash-kind"
      title={`${kind.description} Drag it onto the canvas, or press enter.`}
      draggable
      data-rgl-draggable=""
      onDragStart={(event) => {
        event.dataTransfer.setData("text/plain", kind.name);
        event.dataTransfer.effectAllowed = "copy";
        draggedKind.begin(kind);
      }}
      onDragEnd={() => draggedKind.end()}
      onTouchStart={() => draggedKind.begin(kind)}
    >
      <Thumbnail kind={kind} />
      <button type="button" onClick={() => onAdded(add(kind))}>
        {pluginName(kind.kind) === null ? null : <kind.icon className="icon icon--xs" />}
        {kind.name}
      </button>
    </div>
  );
}

export const focusLibrary = (): void => document.querySelector<HTMLElement>("[data-library-search]")?.focus();
