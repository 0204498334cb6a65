import { Plus, Sigma } from "lucide-react";
import { Button } from "../../ui";
import type { WidgetFeedData } from "../data/useWidgetData";
import type { Widget } from "../document";
import { QueryCard } from "./QueryCard";
import type { WidgetEdit } from "./useWidgetEdit";
import { addedQuery, freeRef } from "./useWidgetEdit";

interface Props {
  widget: Widget;
  data: WidgetFeedData;
  edit: WidgetEdit;
  /** What the kind of widget asks for. */
  mode: "range" | "instant";
}

const MOST = 26;

/** The questions of a widget. */
export function QueryList({ widget, data, edit, mode }: Props) {
  const { queries } = widget;
  const put = (at: number, to: number): void => {
    const next = [...queries];
    const [moved] = next.splice(at, 1);
    if (moved !== undefined) next.splice(to, 0, moved);
    edit.change({ queries: next });
  };
  return (
    <div className="edit-group">
      {queries.map((query, at) => (
        <QueryCard
          key={query.ref}
          query={query}
          data={data}
          edit={edit}
          others={queries.filter((one) => one.ref !== query.ref).map((one) => one.ref)}
          onDuplicate={
            queries.length >= MOST
              ? null
              : () => edit.change({ queries: addedQuery(queries, { ...query, ref: freeRef(queries) }) })
          }
          onRemove={() => edit.change({ queries: queries.filter((one) => one.ref !== query.ref) })}
          onUp={at === 0 ? null : () => put(at, at - 1)}
          onDown={at === queries.length - 1 ? null : () => put(at, at + 1)}
        />
      ))}
      <div className="flex flex-wrap gap-2">
        <Button
          small
          icon={Plus}
          disabled={queries.length >= MOST}
          onClick={() => edit.change({ queries: addedQuery(queries, { mode }) })}
        >
          Query
        </Button>
        <Button
          small
          icon={Sigma}
          disabled={queries.length >= MOST}
          onClick={() => edit.change({ queries: addedQuery(queries, { kind: "formula", mode }) })}
        >
          Formula
        </Button>
      </div>
    </div>
  );
}
