import { useQuery } from "@tanstack/react-query";
import { CalendarDays, ChevronsUp } from "lucide-react";
import type { Document } from "../../../api/documents";
import type { OnCall } from "../../../api/onCall";
import { onCall } from "../../../api/onCall";
import { Moment } from "../../access/Moment";
import { DASHBOARD } from "../contacts/ContactTable";
import { KeptTable } from "../kept/KeptTable";
import { useKept } from "../kept/useKept";
import { EscalationForm } from "./EscalationForm";
import { ScheduleForm } from "./ScheduleForm";
import { scheduleOf, stepsOf, stepsWords } from "./schedule";

const PACE_MS = 60_000;
const namesOf = (documents: readonly Document[] | undefined): string[] => (documents ?? []).map(({ name }) => name);

/** Who is on call, and what follows when nobody acknowledges. */
export function OnCallPart({ mayChange }: { mayChange: boolean }) {
  const schedules = useKept("on_call_schedule").data;
  const contacts = [...new Set([DASHBOARD, ...namesOf(useKept("contact_point").data)])];
  const turns = useQuery({
    // anew with every version
    queryKey: ["on call", schedules?.map(({ id, version }) => `${id} ${version}`)],
    queryFn: ({ signal }) => onCall(signal),
    refetchInterval: PACE_MS,
  }).data;
  const turnsOf = (name: string): OnCall | undefined => turns?.find((one) => one.schedule === name);
  return (
    <>
      <KeptTable
        kind="on_call_schedule"
        title="On-call schedules"
        word="schedule"
        note="people who take turns by the week"
        icon={CalendarDays}
        mayChange={mayChange}
        form={(kept, close) => <ScheduleForm kept={kept} contacts={contacts} close={close} />}
        columns={[
          { id: "now", head: "On call now", cell: (one) => <Now turns={turnsOf(one.name)} /> },
          { id: "next", head: "Next", cell: (one) => <Next turns={turnsOf(one.name)} /> },
          {
            id: "all",
            head: "Take turns",
            cell: (one) =>
              scheduleOf(one.spec)
                .members.map(({ name }) => name)
                .join(", "),
            wideOnly: true,
          },
        ]}
        gone={() => "Escalations that name it tell nobody by it any more."}
      >
        Escalations tell whoever is on call in a schedule.
      </KeptTable>
      <KeptTable
        kind="escalation"
        title="Escalations"
        word="escalation"
        note="what follows when nobody acknowledges"
        icon={ChevronsUp}
        second
        mayChange={mayChange}
        form={(kept, close) => (
          <EscalationForm kept={kept} contacts={contacts} schedules={namesOf(schedules)} close={close} />
        )}
        columns={[{ id: "steps", head: "Steps", cell: (one) => stepsWords(stepsOf(one.spec)) }]}
        gone={() => "Routes that name it stay with those whom they tell first."}
      >
        Routes that name one tell more people, the longer nobody acknowledges.
      </KeptTable>
    </>
  );
}

function Now({ turns }: { turns: OnCall | undefined }) {
  if (turns === undefined) return <span className="muted">-</span>;
  return (
    <>
      {turns.member} <span className="muted">by {turns.contact_point}</span>
    </>
  );
}

function Next({ turns }: { turns: OnCall | undefined }) {
  const next = turns?.shifts[1];
  if (next === undefined) return <span className="muted">-</span>;
  return (
    <>
      {next.member} <Moment at_ms={next.start_ms} />
    </>
  );
}
