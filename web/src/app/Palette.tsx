import { useQuery } from "@tanstack/react-query";
import type { KeyboardEvent } from "react";
import { useEffect, useId, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { metricNames } from "../api/client";
import { listDocuments } from "../api/documents";
import { LIST_KEY } from "../dashboards/save/keys";
import { fuzzy, ranked } from "../data/commands";
import { CARRIED } from "../data/project";
import { useFound } from "../pages/dashboards/list/useFound";
import { usePreferences } from "../queries/preferences";
import { useSession } from "../queries/session";
import { Modal } from "../ui/Modal";
import { KeyCaps } from "./KeyCaps";

interface Entry {
  id: string;
  title: string;
  group: string;
  keys: string | undefined;
  mono: boolean;
  run: () => void;
}

const METRICS_SHOWN = 30;
const RECENT_SHOWN = 5;
const WIDGETS_SHOWN = 20;

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Search over pages, actions, dashboards, their widgets, metrics and recent queries. */
export function Palette({ open, onOpenChange }: Props) {
  return (
    <Modal open={open} onOpenChange={onOpenChange} title="Search and commands" hideTitle>
      <PaletteBody close={() => onOpenChange(false)} />
    </Modal>
  );
}

function useEntries(wish: string, close: () => void): Entry[] {
  const { commands, history, location } = useSession();
  const known = useSyncExternalStore(commands.watch, commands.read);
  const recent = useSyncExternalStore(history.watch, history.read);
  const names = useQuery({ queryKey: ["metric names"], queryFn: ({ signal }) => metricNames(signal) });
  const boards = useQuery({ queryKey: LIST_KEY, queryFn: ({ signal }) => listDocuments("dashboard", signal) });
  const found = useFound(wish);
  const { recent: visited } = usePreferences();
  return useMemo(() => {
    const explore = (promql: string): void => {
      location.go("/explore", CARRIED);
      location.change({ q: [promql] }, "replace");
    };
    const actions = known
      .filter((one) => one.id !== "view.palette")
      .map((one) => ({ id: one.id, title: one.title, group: one.group, keys: one.keys, mono: false, run: one.run }));
    const queries = recent.slice(0, RECENT_SHOWN).map((promql) => ({
      id: `recent ${promql}`,
      title: promql,
      group: "Recent",
      keys: undefined,
      mono: true,
      run: () => explore(promql),
    }));
    const dashboards = (boards.data ?? []).map((one) => ({
      id: `dashboard ${one.id}`,
      title: one.name,
      group: "Dashboard",
      keys: undefined,
      mono: false,
      run: () => location.go(`/d/${one.id}`, CARRIED),
    }));
    const lately = visited
      .map((id) => dashboards.find((one) => one.id === `dashboard ${id}`))
      .filter((one) => one !== undefined)
      .slice(0, RECENT_SHOWN);
    const widgets = found
      .flatMap((one) =>
        one.widgets.map((widget) => ({
          id: `widget ${one.id} ${widget.id}`,
          title: widget.title,
          group: `Widget of ${one.name}`,
          keys: undefined,
          mono: false,
          run: () => {
            location.go(`/d/${one.id}`, CARRIED);
            location.change({ panel: widget.id }, "replace");
          },
        })),
      )
      .slice(0, WIDGETS_SHOWN);
    const metrics = (names.data ?? []).map((name) => ({
      id: `metric ${name}`,
      title: name,
      group: "Metric",
      keys: undefined,
      mono: true,
      run: () => explore(name),
    }));
    const matches = (entry: Entry): boolean => fuzzy(wish, `${entry.group} ${entry.title}`);
    // before anything is typed, what was looked at last comes first
    const others = dashboards.filter((one) => wish.trim() !== "" || !lately.includes(one));
    const first = wish.trim() === "" ? lately : [];
    return ranked(wish, [...first, ...actions, ...others, ...queries].filter(matches).concat(widgets))
      .concat(metrics.filter(matches).slice(0, METRICS_SHOWN))
      .map((entry) => ({
        ...entry,
        run: () => {
          close();
          entry.run();
        },
      }));
  }, [known, recent, names.data, boards.data, found, visited, wish, location, close]);
}

function PaletteBody({ close }: { close: () => void }) {
  const [wish, setWish] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const entries = useEntries(wish, close);
  const chosen = Math.min(at, entries.length - 1);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  const onKey = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      setAt(Math.max(0, Math.min(entries.length - 1, chosen + step)));
    } else if (event.key === "Enter") {
      event.preventDefault();
      entries[chosen]?.run();
    }
  };
  return (
    <>
      <div className="border-b border-line p-2">
        <input
          className="input border-0!"
          placeholder="Page, action, dashboard, widget, metric or recent query"
          aria-label="Search"
          role="combobox"
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={entries[chosen] === undefined ? undefined : `${id}-${chosen}`}
          value={wish}
          onChange={(event) => {
            setWish(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKey}
        />
      </div>
      <div ref={list} id={id} role="listbox" aria-label="Results" className="max-h-[50vh] overflow-auto p-1">
        {entries.map((entry, index) => (
          <div
            key={entry.id}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            className="menu-item cursor-pointer"
            onPointerMove={() => setAt(index)}
            onClick={entry.run}
            onKeyDown={onKey}
          >
            <span className={`spacer truncate${entry.mono ? " mono" : ""}`}>{entry.title}</span>
            <span className="muted text-[length:var(--fs-2xs)]">{entry.group}</span>
            {entry.keys === undefined ? null : <KeyCaps keys={entry.keys} />}
          </div>
        ))}
        {entries.length === 0 ? <p className="muted p-3 text-center">Nothing matches {wish}</p> : null}
      </div>
    </>
  );
}
