import { Plus } from "lucide-react";
import type { TimeInterval } from "../../../api/silences";
import { Button, FieldGroup } from "../../../ui";
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
    <FieldGroup label={label} help={help}>
      {intervals.map((interval, at) => (
        <IntervalFields
          // rows have no names of their own, and keep their places
          key={at}
          name={`Time ${at + 1}`}
          interval={interval}
          onChange={(next) => onChange(intervals.map((one, index) => (index === at ? next : one)))}
          remove={() => onChange(intervals.filter((_, index) => index !== at))}
        />
      ))}
      <Button
        small
        variant="ghost"
        icon={Plus}
        className="justify-self-start"
        onClick={() => onChange([...intervals, newInterval(ownZone())])}
      >
        Add a time
      </Button>
    </FieldGroup>
  );
}
