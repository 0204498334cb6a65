import { useState } from "react";
import { Checkbox, Field, FieldGroup, TextInput } from "../../../ui";
import { DurationInput } from "../times/DurationInput";
import type { PartProps } from "./NodeChoices";
import type { Inherited } from "./route";
import { BY_ALL, groupWords, namesOf } from "./route";

/** Which alerts become one message, and how often there is one. */
export function Grouping({ route, above, change }: PartProps & { above: Inherited }) {
  const { group_by, group_wait_ms = null, group_interval_ms = null, repeat_interval_ms = null } = route;
  const own = group_by ?? null;
  const [text, setText] = useState((own ?? []).join(", "));
  return (
    <FieldGroup label="One message for many alerts">
      <Checkbox
        label="Groups of its own"
        help={own === null ? `As above: ${groupWords(above.group_by)}.` : undefined}
        checked={own !== null}
        onChange={(wanted) => change({ group_by: wanted ? namesOf(text) : null })}
      />
      {own === null ? null : (
        <Field label="Group by" help={`Labels, apart by commas; ${BY_ALL} is all of them. Empty: one group.`}>
          <TextInput
            value={text}
            onChange={(typed) => {
              setText(typed);
              change({ group_by: namesOf(typed) });
            }}
            mono
            autoCapitalize="none"
          />
        </Field>
      )}
      <div className="route-times">
        <DurationInput
          label="Wait for more"
          help="Before the first message."
          value={group_wait_ms}
          inherited={above.group_wait_ms}
          onChange={(next) => change({ group_wait_ms: next })}
        />
        <DurationInput
          label="Tell changes after"
          help="Not more often than this."
          value={group_interval_ms}
          inherited={above.group_interval_ms}
          onChange={(next) => change({ group_interval_ms: next })}
        />
        <DurationInput
          label="Repeat after"
          help="While it goes on."
          value={repeat_interval_ms}
          inherited={above.repeat_interval_ms}
          onChange={(next) => change({ repeat_interval_ms: next })}
        />
      </div>
    </FieldGroup>
  );
}
