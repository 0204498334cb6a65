import { useEffect, useRef } from "react";
import { useWidgetActions } from "../../dashboards/canvas/actions";
import { useDashboardNow, useEdit } from "../../dashboards/store";
import { originOf } from "../../dashboards/repeat";
import type { Command } from "../../data/commands";
import { useCommands } from "../../queries/useCommands";
import { toast } from "../../ui";
import { useIsKiosk, useSetKiosk } from "../bar/kiosk";

interface Wishes {
  mayEdit: boolean;
  alone: string | null;
  show: (id: string | null) => void;
  inspect: (id: string) => void;
  save: () => void;
  /** A widget, or with nothing the dashboard. */
  share: (id: string) => void;
  foldAll: (open: boolean) => void;
  focusLibrary: () => void;
}

const TYPING = "input, textarea, select, [contenteditable='true'], .cm-editor";

/** The widget under the pointer, else the one with the focus. */
function usePointed(): () => string | null {
  const pointed = useRef<string | null>(null);
  useEffect(() => {
    const look = (event: Event): void => {
      const found = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-frame]") : null;
      pointed.current = found?.dataset["frame"] ?? null;
    };
    document.addEventListener("pointerover", look);
    return () => document.removeEventListener("pointerover", look);
  }, []);
  return () =>
    pointed.current ?? document.activeElement?.closest<HTMLElement>("[data-frame]")?.dataset["frame"] ?? null;
}

/** Keys and commands of the open dashboard. */
export function useDashboardKeys(wishes: Wishes): void {
  const { mayEdit, alone, show, inspect, save, share, foldAll, focusLibrary } = wishes;
  const kiosk = useIsKiosk();
  const setKiosk = useSetKiosk();
  const now = useDashboardNow();
  const edit = useEdit();
  const { copy, paste, duplicate, remove } = useWidgetActions();
  const pointed = usePointed();
  const meant = (): string[] => {
    const { selection, mode } = now();
    if (mode === "edit" && selection.length > 0) return selection;
    const id = pointed();
    return id === null ? [] : [originOf(id)];
  };
  const change = (work: (ids: string[]) => void): void => {
    const ids = meant();
    if (ids.length === 0) toast("Point at a widget first.");
    else {
      edit.modeSet("edit");
      work(ids);
    }
  };
  const back = (verb: "undone" | "redone"): void => {
    const { past, future } = now();
    if ((verb === "undone" ? past : future).length > 0) edit[verb]();
  };
  const viewing: Command[] = [
    {
      id: "dashboard.view",
      title: "Show the pointed widget alone, or all again",
      group: "Dashboard",
      keys: "v",
      run: () => show(alone === null ? pointed() : null),
    },
    {
      id: "dashboard.inspect",
      title: "Inspect the widget",
      group: "Dashboard",
      keys: "p i",
      run: () => {
        const id = alone ?? pointed();
        if (id === null) toast("Point at a widget first.");
        else inspect(id);
      },
    },
    {
      id: "dashboard.unfold",
      title: "Unfold all sections",
      group: "Dashboard",
      keys: "d shift+e",
      run: () => foldAll(true),
    },
    {
      id: "dashboard.fold",
      title: "Fold all sections",
      group: "Dashboard",
      keys: "d shift+c",
      run: () => foldAll(false),
    },
    {
      id: "dashboard.kiosk",
      title: "Kiosk: only the dashboard, or everything again",
      group: "Dashboard",
      keys: "d k",
      run: () => setKiosk(!kiosk),
    },
    {
      id: "dashboard.share",
      title: "Share the dashboard",
      group: "Dashboard",
      keys: "d s",
      run: () => share(""),
    },
    {
      id: "dashboard.shareWidget",
      title: "Share the widget",
      group: "Dashboard",
      keys: "p s",
      run: () => {
        const id = alone ?? pointed();
        if (id === null) toast("Point at a widget first.");
        else share(id);
      },
    },
  ];
  const editing: Command[] = [
    {
      id: "dashboard.edit",
      title: "Edit, or back to the view",
      group: "Dashboard",
      keys: "e",
      run: () => void edit.modeSet(now().mode === "edit" ? "view" : "edit"),
    },
    { id: "dashboard.save", title: "Save", group: "Dashboard", keys: "mod+s", run: save },
    { id: "dashboard.undo", title: "Undo", group: "Dashboard", keys: "mod+z", run: () => back("undone") },
    { id: "dashboard.redo", title: "Redo", group: "Dashboard", keys: "mod+shift+z", run: () => back("redone") },
    {
      id: "dashboard.redo2",
      title: "Redo what was undone",
      group: "Dashboard",
      keys: "mod+y",
      run: () => back("redone"),
    },
    {
      id: "dashboard.duplicate",
      title: "Duplicate the widget",
      group: "Dashboard",
      keys: "p d",
      run: () => change(duplicate),
    },
    { id: "dashboard.remove", title: "Remove the widget", group: "Dashboard", keys: "p r", run: () => change(remove) },
    {
      id: "dashboard.add",
      title: "Add a widget",
      group: "Dashboard",
      keys: "a",
      run: () => {
        edit.modeSet("edit");
        requestAnimationFrame(focusLibrary);
      },
    },
    {
      id: "dashboard.all",
      title: "Select all widgets",
      group: "Dashboard",
      keys: "mod+a",
      run: () => {
        edit.modeSet("edit");
        edit.selected(now().draft.spec.widgets.map((one) => one.id));
      },
    },
  ];
  useCommands(mayEdit ? [...viewing, ...editing] : viewing);
  useEffect(() => {
    const typing = (): boolean =>
      document.activeElement?.closest(TYPING) != null || (window.getSelection()?.toString() ?? "") !== "";
    const onCopy = (event: ClipboardEvent): void => {
      const { mode, selection } = now();
      if (mode !== "edit" || selection.length === 0 || typing()) return;
      event.preventDefault();
      void copy(selection);
      if (event.type === "cut") remove(selection);
    };
    const onPaste = (event: ClipboardEvent): void => {
      if (now().mode !== "edit" || typing()) return;
      if (paste(event.clipboardData?.getData("text/plain") ?? "")) event.preventDefault();
      else toast("What was copied is no widget.");
    };
    document.addEventListener("copy", onCopy);
    document.addEventListener("cut", onCopy);
    document.addEventListener("paste", onPaste);
    return () => {
      document.removeEventListener("copy", onCopy);
      document.removeEventListener("cut", onCopy);
      document.removeEventListener("paste", onPaste);
    };
  }, [now, copy, paste, remove]);
}
