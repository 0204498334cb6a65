import { Plus, X } from "lucide-react";
import { useState } from "react";
import type { Document } from "../../../api/documents";
import type { Step } from "../../../api/onCall";
import { Button, FieldGroup, IconButton } from "../../../ui";
import { KeptDialog } from "../kept/KeptDialog";
import { DurationInput } from "../times/DurationInput";
import { NameChecks } from "./NameChecks";
import "./onCall.css";
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
  const set = (at: number, more: Partial<Step>): void =>
    setSteps(steps.map((one, index) => (index === at ? { ...one, ...more } : one)));
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
      <FieldGroup label="Steps" help="Each is taken if nobody has acknowledged until then.">
        {steps.map((step, at) => (
          // rows have no names of their own
          <div key={at} className="step" role="group" aria-label={`Step ${at + 1}`}>
            <div className="flex items-start gap-2">
              <DurationInput
                label="After"
                help="Since the group was first told."
                value={step.after_ms}
                inherited={0}
                onChange={(after_ms) => set(at, { after_ms: after_ms ?? Number.NaN })}
              />
              <IconButton
                icon={X}
                label={`Remove step ${at + 1}`}
                className="ml-auto"
                onClick={() => setSteps(steps.filter((_, index) => index !== at))}
              />
            </div>
            <NameChecks
              label="Tells"
              names={contacts}
              chosen={step.receivers}
              onChange={(receivers) => set(at, { receivers })}
            />
            <NameChecks
              label="Tells whoever is on call in"
              names={schedules}
              chosen={step.schedules}
              onChange={(chosen) => set(at, { schedules: chosen })}
            />
          </div>
        ))}
        <Button
          small
          variant="ghost"
          icon={Plus}
          className="justify-self-start"
          onClick={() => setSteps([...steps, newStep(steps)])}
        >
          Add a step
        </Button>
      </FieldGroup>
    </KeptDialog>
  );
}
