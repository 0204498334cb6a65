import { useState } from "react";
import type { Document } from "../../../api/documents";
import type { Schedule } from "../../../api/onCall";
import { useSession } from "../../../queries/session";
import { Field, Select, TextInput } from "../../../ui";
import { KeptDialog } from "../kept/KeptDialog";
import { ownZone, zoneChoices } from "../times/interval";
import { MemberRows } from "./MemberRows";
import { OverrideRows } from "./OverrideRows";
import "./onCall.css";
import { newSchedule, scheduleOf, scheduleProblem, scheduleSpec } from "./schedule";

interface Props {
  kept: Document | null;
  contacts: readonly string[];
  close: () => void;
}

/** People who take turns by the week. */
export function ScheduleForm({ kept, contacts, close }: Props) {
  const { clock } = useSession();
  const [schedule, setSchedule] = useState<Schedule>(() =>
    kept === null ? newSchedule(clock.now(), ownZone()) : scheduleOf(kept.spec),
  );
  const change = (more: Partial<Schedule>): void => setSchedule({ ...schedule, ...more });
  const { members, starts_on, starts_at, location, overrides } = schedule;
  return (
    <KeptDialog
      kind="on_call_schedule"
      word="schedule"
      kept={kept}
      spec={scheduleSpec(schedule)}
      problem={scheduleProblem(schedule)}
      help="Escalations call it by this."
      close={close}
    >
      <MemberRows members={members} contacts={contacts} onChange={(next) => change({ members: next })} />
      <div className="flex flex-wrap gap-3">
        <Field label="First turn begins on" className="min-w-36 flex-1">
          <TextInput type="date" value={starts_on} onChange={(next) => change({ starts_on: next })} />
        </Field>
        <Field label="Turns change at" className="min-w-28 flex-1">
          <TextInput type="time" value={starts_at} onChange={(next) => change({ starts_at: next.slice(0, 5) })} />
        </Field>
        <Field label="Time zone" className="min-w-40 flex-1">
          <Select
            value={location === "" ? "UTC" : location}
            options={zoneChoices(location)}
            onChange={(next) => change({ location: next })}
          />
        </Field>
      </div>
      <OverrideRows overrides={overrides} members={members} onChange={(next) => change({ overrides: next })} />
    </KeptDialog>
  );
}
