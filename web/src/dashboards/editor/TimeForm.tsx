import { ValidDurationField } from "../../promql/DurationField";
import type { WidgetTime } from "../document";
import { Comparison } from "./TimeFields";

interface Props {
  time: WidgetTime;
  onChange: (time: WidgetTime) => void;
}

/** A time of the widget's own instead of the dashboard's. */
export function TimeForm({ time, onChange }: Props) {
  return (
    <div className="edit-group">
      <div className="edit-row">
        <ValidDurationField
          label="Shows the last"
          value={time.last}
          placeholder="as the dashboard"
          onChange={(last) => onChange({ ...time, last })}
        />
        <ValidDurationField
          label="Earlier by"
          value={time.shift}
          placeholder="nothing"
          onChange={(shift) => onChange({ ...time, shift })}
        />
      </div>
      <Comparison value={time.compare} onChange={(compare) => onChange({ ...time, compare })} />
    </div>
  );
}
