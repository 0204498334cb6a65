import type { ReactNode } from "react";
import { useCallback, useState } from "react";
import type { Document } from "../../../api/documents";
import type { Silence } from "../../../api/silences";
import { useMay } from "../../../queries/account";
import { useSession } from "../../../queries/session";
import { Button, Checkbox, Dialog, Field, Notice, TextArea, toast } from "../../../ui";
import { ClashNotice } from "../../access/ClashNotice";
import { useKeep } from "../kept/useKeep";
import { ConditionRows } from "../matchers/ConditionRows";
import { IntervalRows } from "../times/IntervalRows";
import { newInterval, ownZone } from "../times/interval";
import { Hidden } from "./Hidden";
import { TimeFields } from "./TimeFields";
import { nameOf, problemOf } from "./silence";
import "./silences.css";
import { usePreview } from "./usePreview";

interface Props {
  /** null: a new one. */
  kept: Document | null;
  first: Silence;
  close: () => void;
  /** Asks for the list again. */
  saved: () => unknown;
}

/** Which alerts are hidden, from when until when, and what that would hide now. */
export function SilenceForm({ kept, first, close, saved }: Props) {
  const { clock } = useSession();
  const [silence, setSilence] = useState(first);
  const [tried, setTried] = useState(false);
  const mayChange = useMay()("documents:write");
  const preview = usePreview(silence.matchers);
  const done = useCallback(async () => {
    await saved();
    toast(kept === null ? "The silence is kept." : "The silence is changed.");
    close();
  }, [saved, kept, close]);
  const { save, overwrite, busy, error, clash } = useKeep("silence", kept, done);
  const problem = problemOf(silence, clock.now());
  const content = { name: kept?.name ?? nameOf(silence, clock.now()), spec: silence };
  const submit = (): void => {
    setTried(true);
    if (problem === null && clash === null) void save(content);
  };
  const actions = (
    <>
      <Button variant="ghost" onClick={close}>
        Cancel
      </Button>
      {mayChange ? (
        <Button variant="primary" type="submit" busy={busy}>
          {kept === null ? "Silence" : "Save"}
        </Button>
      ) : null}
    </>
  );
  return (
    <Dialog
      open
      onOpenChange={close}
      title={kept === null ? "New silence" : "Silence"}
      wide
      onSubmit={submit}
      {...(clash === null ? { actions } : {})}
    >
      {clash === null ? (
        <fieldset className="contents" disabled={!mayChange}>
          <SilenceFields
            silence={silence}
            onChange={setSilence}
            preview={preview === null ? null : <Hidden preview={preview} />}
          />
        </fieldset>
      ) : (
        <ClashNotice
          clash={clash}
          busy={busy}
          reload={() => {
            void saved();
            close();
          }}
          overwrite={() => void overwrite(content)}
        />
      )}
      {tried && problem !== null ? <Notice kind="crit">{problem}</Notice> : null}
      {error === null ? null : <Notice kind="crit">{error.message}</Notice>}
    </Dialog>
  );
}

interface FieldsProps {
  silence: Silence;
  onChange: (silence: Silence) => void;
  preview: ReactNode;
}

function SilenceFields({ silence, onChange, preview }: FieldsProps) {
  const recurs = silence.recurring.length > 0;
  return (
    <>
      <ConditionRows
        label="Hides alerts whose"
        help="All conditions must hold. A pattern must match the whole value."
        conditions={silence.matchers}
        onChange={(matchers) => onChange({ ...silence, matchers })}
      />
      {preview}
      <TimeFields silence={silence} onChange={onChange} />
      <Checkbox
        label="Only at times that come again"
        help="Between start and end it hides nothing outside of these times."
        checked={recurs}
        onChange={(wanted) => onChange({ ...silence, recurring: wanted ? [newInterval(ownZone())] : [] })}
      />
      {recurs ? (
        <IntervalRows
          label="Times"
          help="One of them has to hold."
          intervals={silence.recurring}
          onChange={(recurring) => onChange({ ...silence, recurring })}
        />
      ) : null}
      <Field label="Why" help="For those who wonder why nothing was said.">
        <TextArea
          value={silence.comment}
          onChange={(comment) => onChange({ ...silence, comment })}
          rows={2}
          maxLength={2000}
        />
      </Field>
    </>
  );
}
