import { useState } from "react";
import type { Document } from "../../../api/documents";
import type { Step } from "../../../api/onCall";
import { DurationSizeField } from "../../../promql/DurationField";
import { KeptDialog } from "../kept/KeptDialog";
import { EditRows } from "../rows/EditRows";
import { NameChecks } from "./NameChecks";
import { newStep, stepsOf, stepsProblem } from "./schedule";

interface Props {
  kept: Document | null;
  contacts: readonly string[];
  schedules: readonly string[];
  close: () => void;
}

/** Whom to tell when nobody has acknowledged for so long. */
export function EscalationForm({ kept, contacts, schedules, close }: Props) {
  const [steps, setSteps] = useState<readonly Step[]>(() => (kept === null ? [newStep([])] : stepsOf(kept.spec)));
  return (
    <KeptDialog
      kind="escalation"
      word="escalation"
      kept={kept}
      spec={{ steps }}
      problem={stepsProblem(steps)}
      help="Routes call it by this."
      close={close}
    >
      <EditRows
        label="Steps"
        help="Each is taken if nobody has acknowledged until then."
        word="Step"
        rows={steps}
        onChange={setSteps}
        fresh={() => newStep(steps)}
        add="Add a step"
      >
        {(step, set) => (
          <>
            <DurationSizeField
              label="After"
              help="Since the group was first told."
              value_ms={step.after_ms}
              onChange={(after_ms) => set({ after_ms: after_ms ?? Number.NaN })}
            />
            <NameChecks
              label="Tells"
              names={contacts}
              chosen={step.receivers}
              onChange={(receivers) => set({ receivers })}
            />
            <NameChecks
              label="Tells whoever is on call in"
              names={schedules}
              chosen={step.schedules}
              onChange={(chosen) => set({ schedules: chosen })}
            />
          </>
        )}
      </EditRows>
    </KeptDialog>
  );
}
