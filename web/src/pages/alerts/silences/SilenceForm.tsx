import type { ReactNode } from "react";
import { useState } from "react";
import type { Document } from "../../../api/documents";
import type { Silence } from "../../../api/silences";
import { useSession } from "../../../queries/session";
import { Checkbox, Field, TextArea } from "../../../ui";
import { KeptDialog } from "../kept/KeptDialog";
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
  const preview = usePreview(silence.matchers);
  return (
    <KeptDialog
      kind="silence"
      word="silence"
      named={kept?.name ?? nameOf(silence, clock.now())}
      make="Silence"
      kept={kept}
      spec={silence}
      problem={problemOf(silence, clock.now())}
      close={close}
      saved={saved}
    >
      <SilenceFields
        silence={silence}
        onChange={setSilence}
        preview={preview === null ? null : <Hidden preview={preview} />}
      />
    </KeptDialog>
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
