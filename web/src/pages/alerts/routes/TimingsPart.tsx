import { CalendarClock } from "lucide-react";
import { useState } from "react";
import type { Document } from "../../../api/documents";
import type { MuteTiming } from "../../../api/routing";
import type { TimeInterval } from "../../../api/silences";
import { counted } from "../../../data/format";
import { KeptDialog } from "../kept/KeptDialog";
import { KeptTable } from "../kept/KeptTable";
import { useKept } from "../kept/useKept";
import { IntervalRows } from "../times/IntervalRows";
import { intervalProblem, intervalsOf, intervalsWords, newInterval, ownZone } from "../times/interval";
import { timingsIn } from "./route";

const intervalsIn = (spec: unknown): TimeInterval[] => intervalsOf((spec as MuteTiming | null)?.intervals);

/** Times that routes name, in which they are quiet or speak only. */
export function TimingsPart({ mayChange }: { mayChange: boolean }) {
  const trees = useKept("alert_route").data ?? [];
  const named = trees.flatMap(({ spec }) => timingsIn(spec));
  const uses = (name: string): number => named.filter((one) => one === name).length;
  return (
    <KeptTable
      kind="mute_timing"
      title="Mute timings"
      word="mute timing"
      note="times in which routes are quiet"
      icon={CalendarClock}
      mayChange={mayChange}
      form={(kept, close) => <TimingForm kept={kept} close={close} />}
      columns={[
        { id: "when", head: "When", cell: (one) => intervalsWords(intervalsIn(one.spec)) || "Never" },
        {
          id: "uses",
          head: "Named by",
          cell: ({ name }) => usesWords(uses(name)),
          value: ({ name }) => uses(name),
        },
      ]}
      gone={({ name }) =>
        uses(name) === 0 ? "No route names it." : "Routes name it: they are no longer quiet at these times."
      }
    >
      Routes that name one tell nobody at these times: at night, on weekends, in a window for maintenance.
    </KeptTable>
  );
}

const usesWords = (count: number): string => (count === 0 ? "nothing" : counted(count, "route"));

function TimingForm({ kept, close }: { kept: Document | null; close: () => void }) {
  const [intervals, setIntervals] = useState(() => (kept === null ? [newInterval(ownZone())] : intervalsIn(kept.spec)));
  const wrong = intervals.map(intervalProblem).find((problem) => problem !== null) ?? null;
  return (
    <KeptDialog
      kind="mute_timing"
      word="mute timing"
      kept={kept}
      spec={{ intervals }}
      problem={intervals.length === 0 ? "It needs a time." : wrong}
      help="Routes call it by this."
      close={close}
    >
      <IntervalRows label="Times" help="One of them has to hold." intervals={intervals} onChange={setIntervals} />
    </KeptDialog>
  );
}
