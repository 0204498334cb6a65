import type { TimeInterval } from "../../../api/silences";
import { EditRows } from "../rows/EditRows";
import { IntervalFields } from "./IntervalFields";
import { newInterval, ownZone } from "./interval";

interface Props {
  label: string;
  help: string;
  intervals: readonly TimeInterval[];
  onChange: (intervals: TimeInterval[]) => void;
}

/** Times that come again; one of them has to hold. */
export function IntervalRows({ label, help, intervals, onChange }: Props) {
  return (
    <EditRows
      label={label}
      help={help}
      word="Time"
      rows={intervals}
      onChange={onChange}
      fresh={() => newInterval(ownZone())}
      add="Add a time"
    >
      {(interval, set) => <IntervalFields interval={interval} onChange={set} />}
    </EditRows>
  );
}
