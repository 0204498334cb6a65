import { useMemo } from "react";
import type { FieldOptions, Query, Widget } from "../document";
import { newQuery } from "../document";
import { useEdit } from "../store";

export interface WidgetEdit {
  /** `field` joins what is typed in one place to one step of the history. */
  change: (change: Partial<Omit<Widget, "id">>, field?: string) => void;
  query: (ref: string, change: Partial<Query>, field?: string) => void;
  format: (change: FieldOptions, field?: string) => void;
  option: (name: string, value: unknown) => void;
}

/** Changes of one widget, each an undoable step. */
export function useWidgetEdit(widget: Widget): WidgetEdit {
  const edit = useEdit();
  return useMemo(() => {
    const label = widget.title === "" ? "Change a widget" : `Change ${widget.title}`;
    const change: WidgetEdit["change"] = (next, field) =>
      void edit.widgetsChanged({
        ids: [widget.id],
        change: next,
        label,
        ...(field === undefined ? {} : { group: `${widget.id} ${field}` }),
      });
    return {
      change,
      query: (ref, next, field) =>
        change(
          { queries: widget.queries.map((one) => (one.ref === ref ? { ...one, ...next } : one)) },
          field === undefined ? undefined : `query ${ref} ${field}`,
        ),
      format: (next, field) => change({ format: { ...widget.format, ...next } }, `format ${field ?? ""}`),
      option: (name, value) => change({ options: { ...widget.options, [name]: value } }, `option ${name}`),
    };
  }, [edit, widget]);
}

/** The first letter that no query has. */
export function freeRef(queries: readonly Query[]): string {
  const taken = new Set(queries.map((one) => one.ref));
  for (let at = 0; ; at += 1) {
    const ref = String.fromCharCode(65 + (at % 26)) + (at < 26 ? "" : String(Math.floor(at / 26)));
    if (!taken.has(ref)) return ref;
  }
}

export const addedQuery = (queries: readonly Query[], change: Partial<Query>): Query[] => [
  ...queries,
  { ...newQuery(freeRef(queries)), ...change },
];
