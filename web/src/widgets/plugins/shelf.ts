/** The plugins that the server has; whoever shows widgets follows it. */

import { useSyncExternalStore } from "react";
import type { PluginEntry, PluginKind } from "./kinds";
import { pluginKind } from "./kinds";

export interface RefusedPlugin {
  name: string;
  error: string;
}

export interface PluginShelf {
  /** Whether the server has answered. */
  known: boolean;
  kinds: readonly PluginKind[];
  refused: readonly RefusedPlugin[];
}

let now: PluginShelf = { known: false, kinds: [], refused: [] };
/** A plugin with the same content stays the same kind: its widgets go on. */
const made = new Map<string, PluginKind>();
const watchers = new Set<() => void>();
let again = (): void => undefined;

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
    if (now.known && same && sameText(refused, now.refused)) return;
    now = { known: true, kinds, refused };
    for (const changed of watchers) changed();
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
