import { memo, useState } from "react";
import type { Zone } from "../../../data/timeRange";
import { Badge, Button, DataTable, Section } from "../../../ui";
import type { Alert, AlertGroup } from "./alerts";
import { countStates } from "./alerts";
import { columnsOf } from "./columns";
import { STATE_MARKS, STATE_WORDS } from "./words";

interface Props {
  group: AlertGroup;
  /** Its alerts are shown from the beginning. */
  opened: boolean;
  by: string;
  now_ms: number;
  zone: Zone;
  chosen: ReadonlySet<string>;
  /** null: who is here can do nothing about them. */
  choose: ((keys: readonly string[], on: boolean) => void) | null;
  open: (alert: Alert) => void;
}

/** The alerts that have one value of a label. */
export const AlertGroupCard = memo(function AlertGroupCard(props: Props) {
  const { group, opened, by, now_ms, zone, chosen, choose, open } = props;
  const [wanted, setWanted] = useState(false);
  const title =
    by === ""
      ? "All alerts"
      : group.value === ""
        ? `Without ${by}`
        : by === "alertname"
          ? group.value
          : `${by}=${group.value}`;
  const keys = group.alerts.map((one) => one.key);
  const count = keys.filter((key) => chosen.has(key)).length;
  return (
    <Section
      title={title}
      flush
      note={
        <span className="alert-counts">
          {countStates(group.alerts).map(([state, number]) => (
            <Badge key={state} status={STATE_MARKS[state]}>
              {number} {STATE_WORDS[state].toLowerCase()}
            </Badge>
          ))}
        </span>
      }
      actions={
        choose === null ? undefined : (
          <input
            type="checkbox"
            className="alert-check"
            aria-label={`Choose all of ${title}`}
            checked={count === keys.length}
            ref={(box) => {
              if (box !== null) box.indeterminate = count > 0 && count < keys.length;
            }}
            onChange={(event) => choose(keys, event.target.checked)}
          />
        )
      }
    >
      {opened || wanted ? (
        <div className="alert-group">
          <DataTable
            label={title}
            columns={columnsOf(by, now_ms, zone)}
            rows={group.alerts}
            rowKey={(one) => one.key}
            onOpen={open}
            empty={null}
            {...(choose === null
              ? {}
              : {
                  actions: (one: Alert) => (
                    <input
                      type="checkbox"
                      className="alert-check"
                      aria-label={`Choose ${one.name} ${Object.values(one.labels).join(" ")}`}
                      checked={chosen.has(one.key)}
                      onChange={(event) => choose([one.key], event.target.checked)}
                    />
                  ),
                })}
          />
        </div>
      ) : (
        <Button small className="alert-more" onClick={() => setWanted(true)}>
          Show {group.alerts.length}
        </Button>
      )}
    </Section>
  );
});
