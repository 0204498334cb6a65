/** The plugins that the server has; whoever shows widgets follows it. */

import { useSyncExternalStore } from "react";
import type { PluginEntry, PluginKind } from "./kinds";
import { pluginKind } from "./kinds";

export interface RefusedPlugin {
  name: string;
  error: string;
}

export interface PluginShelf {
  /** `asked`: the server has not answered yet. */
  state: "asked" | "known";
  kinds: readonly PluginKind[];
  refused: readonly RefusedPlugin[];
}

let now: PluginShelf = { state: "asked", kinds: [], refused: [] };
/** A plugin with the same content stays the same kind: its widgets go on. */
const made = new Map<string, PluginKind>();
const watchers = new Set<() => void>();
let again = (): void => undefined;

function become(shelf: PluginShelf): void {
  now = shelf;
  for (const changed of watchers) changed();
}

export const pluginShelf = {
  read: (): PluginShelf => now,
  watch: (changed: () => void): (() => void) => {
    watchers.add(changed);
    return () => {
      watchers.delete(changed);
    };
  },
  put: (plugins: readonly PluginEntry[], refused: readonly RefusedPlugin[]): void => {
    const kinds = plugins.map((plugin) => {
      const known = made.get(plugin.name);
      if (known?.plugin.digest === plugin.digest && sameText(known.plugin, plugin)) return known;
      const kind = pluginKind(plugin);
      made.set(plugin.name, kind);
      return kind;
    });
    const same = kinds.length === now.kinds.length && kinds.every((kind, at) => kind === now.kinds[at]);
    if (now.state === "known" && same && sameText(refused, now.refused)) return;
    become({ state: "known", kinds, refused });
  },
  /** What is shown may be of another content by now. */
  askAgain: (): void => again(),
  onAskAgain: (ask: () => void): void => {
    again = ask;
  },
};

export function usePluginShelf(): PluginShelf {
  return useSyncExternalStore(pluginShelf.watch, pluginShelf.read);
}

const sameText = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
