import { PenLine, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { sendJson } from "../../api/http";
import type { Zone } from "../../data/timeRange";
import { formatMoment } from "../../data/timeRange";
import { useSession } from "../../queries/session";
import { Badge, Button, ConfirmDialog, Dialog, IconButton, Notice, Switch } from "../../ui";
import type { Annotations } from "../document";
import { newMarkSource } from "../document";
import { useDashboard, useEdit } from "../store";
import type { Draft } from "./AnnotationDialog";
import { AnnotationDialog } from "./AnnotationDialog";
import { MarkSourceForm } from "./MarkSourceForm";
import type { Annotation } from "./sources";
import { sourcesOf } from "./sources";
import { useMarks } from "./useMarks";
import "../editor/editor.css";

const MOST = 50;

/** Which marks are shown; while the dashboard is edited, where they come from. */
export function MarksDialog({ zone, close }: { zone: Zone; close: () => void }) {
  const { sources, turn, annotations, annotate } = useMarks();
  const editing = useDashboard((state) => state.mode === "edit");
  const { clock } = useSession();
  return (
    <Dialog
      open
      wide={editing}
      onOpenChange={close}
      title="Marks"
      description="Annotations, alerts and events on the time axis of every chart. Ctrl and drag on a chart annotates it."
      actions={
        <>
          {annotate === null ? null : (
            <Button
              icon={Plus}
              onClick={() => {
                close();
                const now_ms = clock.now();
                annotate(now_ms, now_ms, "");
              }}
            >
              Annotate now
            </Button>
          )}
          <Button variant="primary" onClick={close}>
            Done
          </Button>
        </>
      }
    >
      {editing ? (
        <SourceList />
      ) : (
        <ul className="marks" aria-label="Sources of marks">
          {sources.map(({ source, on, error }) => (
            <li key={source.name}>
              <Switch label={source.name} checked={on} onChange={(next) => turn(source.name, next)} />
              {error === null ? null : <Notice kind="crit">{error}</Notice>}
            </li>
          ))}
        </ul>
      )}
      <AnnotationList annotations={annotations} zone={zone} />
    </Dialog>
  );
}

function freeName(sources: readonly Annotations[]): string {
  const taken = new Set(sources.map((one) => one.name));
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? "Events" : `Events ${count}`;
    if (!taken.has(name)) return name;
  }
}

function SourceList() {
  const own = useDashboard((state) => state.draft.spec.annotations);
  const edit = useEdit();
  const sources = sourcesOf(own);
  const put = (next: readonly Annotations[], group?: string): void =>
    void edit.settingsChanged({
      change: { annotations: [...next] },
      label: "Change marks",
      ...(group === undefined ? {} : { group: `marks ${group}` }),
    });
  return (
    <div className="edit-group">
      {sources.map((source, at) => (
        <MarkSourceForm
          // sources may be renamed and stay in their order
          key={at}
          source={source}
          taken={sources.filter((one) => one !== source).map((one) => one.name)}
          onChange={(change, field) =>
            put(
              sources.map((one) => (one === source ? { ...one, ...change } : one)),
              `${at} ${field}`,
            )
          }
          onRemove={sources.length === 1 ? null : () => put(sources.filter((one) => one !== source))}
        />
      ))}
      <Button
        small
        variant="ghost"
        icon={Plus}
        disabled={sources.length >= MOST}
        onClick={() => put([...sources, newMarkSource(freeName(sources), "query")])}
      >
        Add a source
      </Button>
    </div>
  );
}

const SHOWN = 20;

/** What was written in the window, to be changed or deleted. */
function AnnotationList({ annotations, zone }: { annotations: readonly Annotation[]; zone: Zone }) {
  const { annotate, refresh } = useMarks();
  const [changed, setChanged] = useState<Draft | null>(null);
  const [gone, setGone] = useState<Annotation | null>(null);
  if (annotations.length === 0) return null;
  return (
    <>
      <h3 className="label">Annotations in view</h3>
      <ul className="marks" aria-label="Annotations in view">
        {annotations.slice(0, SHOWN).map((one) => (
          <li key={one.id} className="marks__note">
            <span className="num">{formatMoment(one.time_ms, zone, true, true)}</span>
            <b>{one.title}</b>
            {one.tags.map((tag) => (
              <Badge key={tag}>{tag}</Badge>
            ))}
            <span className="spacer" />
            {annotate === null ? null : (
              <>
                <IconButton
                  icon={PenLine}
                  label={`Change ${one.title}`}
                  onClick={() =>
                    setChanged({ time_ms: one.time_ms, end_ms: one.end_ms, widget: one.widget, there: one })
                  }
                />
                <IconButton icon={Trash2} label={`Delete ${one.title}`} onClick={() => setGone(one)} />
              </>
            )}
          </li>
        ))}
      </ul>
      {annotations.length > SHOWN ? <p className="help-text">and {annotations.length - SHOWN} more</p> : null}
      {changed === null ? null : (
        <AnnotationDialog draft={changed} zone={zone} close={() => setChanged(null)} done={refresh} />
      )}
      {gone === null ? null : (
        <ConfirmDialog
          open
          onOpenChange={() => setGone(null)}
          title="Delete the annotation?"
          confirm="Delete annotation"
          danger
          onConfirm={async () => {
            await sendJson("DELETE", `/api/v1/annotations/${gone.id}`, undefined, `"${gone.version}"`);
            await refresh();
          }}
        >
          {gone.title}
        </ConfirmDialog>
      )}
    </>
  );
}
