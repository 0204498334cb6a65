import type { ReactNode } from "react";
import { useCallback, useRef, useState } from "react";
import type { Document } from "../../../api/documents";
import type { RuleGroup } from "../../../api/rules";
import { parseDuration } from "../../../data/duration";
import { useSession } from "../../../queries/session";
import { Badge, Button, ConfirmDialog, Notice, toast } from "../../../ui";
import { ClashNotice } from "../../access/ClashNotice";
import { LeaveDialog } from "../../dashboards/LeaveDialog";
import { useLeaveGuard } from "../../dashboards/useLeaveGuard";
import { PreviewPanel } from "./preview/PreviewPanel";
import { RuleBody } from "./RuleBody";
import { WayHere } from "./WayHere";
import { useGroup } from "./keys";
import { LIST } from "./list";
import { nameOf, readGroup } from "./rule";
import type { Start } from "./useRuleEdit";
import { useRuleEdit } from "./useRuleEdit";
import "./rules.css";

interface Props {
  start: Start;
  /** The group that it is in; null: not known yet, or a new one. */
  group: RuleGroup | null;
  groupName: string;
  /** As often as rules are evaluated whose group does not say. */
  usual_ms: number;
  /** Whether it fires now. */
  status?: ReactNode;
  /** Gets the group that it is kept in now, and what it is known by there. */
  onSaved: (document: Document, id: string) => void;
  /** Begins with what is kept now. */
  reload: () => void;
}

/** A rule's form, with what it would have done beside it. */
export function RuleEditor({ start, group, groupName, usual_ms, status, onSaved, reload }: Props) {
  const { location } = useSession();
  const [removing, setRemoving] = useState(false);
  // at once, so that leaving after it is not asked about
  const kept = useRef(false);
  const exists = start.base !== null;
  const onKept = useCallback(
    (document: Document, id: string) => {
      kept.current = !exists;
      toast({ status: "ok", text: `Saved in group ${document.name}.` });
      onSaved(document, id);
    },
    [exists, onSaved],
  );
  const edit = useRuleEdit(start, onKept);
  const { rule, clash, changed, ready, busy, problems } = edit;
  const isUnsaved = useCallback(() => !kept.current, []);
  const leaving = useLeaveGuard(changed, isUnsaved);
  const chosen = useGroup(!exists && "id" in edit.group ? edit.group.id : null);
  const inside = group ?? (chosen.data === undefined ? {} : readGroup(chosen.data.spec));
  const { labels = {}, rules = [], interval: usual = "" } = inside;
  const name = nameOf(rule).trim();
  return (
    <form
      className="rule-editor"
      noValidate
      onSubmit={(event) => {
        // forms of popovers are elsewhere in the document, and yet tell of themselves here
        if (event.target !== event.currentTarget) return;
        event.preventDefault();
        if (ready && !busy && clash === null) void edit.save();
      }}
    >
      <header className="rule-head">
        <WayHere group={groupName} />
        <h2>{name === "" ? "New rule" : name}</h2>
        {status}
        {changed ? <Badge status="info">Not saved</Badge> : null}
        <span className="spacer" />
        {exists ? (
          <Button variant="ghost" onClick={() => setRemoving(true)}>
            Delete
          </Button>
        ) : null}
        <Button variant="ghost" onClick={() => (changed && exists ? edit.reset() : location.open(LIST))}>
          {changed && exists ? "Discard" : "Close"}
        </Button>
        <Button type="submit" variant="primary" busy={busy} disabled={!ready || clash !== null || (exists && !changed)}>
          {exists ? "Save rule" : "Make rule"}
        </Button>
      </header>
      {problems[""] === undefined ? null : <Notice kind="crit">{problems[""]}</Notice>}
      {clash === null ? null : (
        <div className="card p-4">
          <ClashNotice clash={clash} busy={busy} reload={reload} overwrite={() => void edit.save(true)} />
        </div>
      )}
      <div className="rule-columns">
        <div className="rule-form">
          <RuleBody
            edit={edit}
            exists={exists}
            others={Math.max(0, rules.length - (exists ? 1 : 0))}
            usual={usual}
            labels={labels}
          />
        </div>
        <div className="rule-preview">
          <PreviewPanel
            rule={rule}
            saved={start.base?.rule ?? null}
            labels={labels}
            interval_ms={parseDuration(edit.interval.trim() || usual) || usual_ms}
          />
        </div>
      </div>
      <ConfirmDialog
        open={removing}
        onOpenChange={setRemoving}
        title={`Delete rule ${nameOf(start.rule)}?`}
        confirm="Delete rule"
        danger
        onConfirm={async () => {
          await edit.remove();
          kept.current = true;
          location.open(LIST);
        }}
      >
        Its alerts are told as resolved. An older version of the group brings it back.
      </ConfirmDialog>
      <LeaveDialog leaving={leaving}>What was changed in this rule is lost then.</LeaveDialog>
    </form>
  );
}
