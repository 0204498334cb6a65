import { useState } from "react";
import { promDuration } from "../../../data/duration";
import { Checkbox, Field, FieldGroup, TextInput } from "../../../ui";
import { DurationSizeField } from "../../../promql/DurationField";
import type { PartProps } from "./NodeChoices";
import type { Inherited } from "./route";
import { BY_ALL, groupWords, namesOf } from "./route";

const TIMES = [
  { field: "group_wait_ms", label: "Wait for more", help: "Before the first message." },
  { field: "group_interval_ms", label: "Tell changes after", help: "Not more often than this." },
  { field: "repeat_interval_ms", label: "Repeat after", help: "While it goes on." },
] as const;

/** Which alerts become one message, and how often there is one. */
export function Grouping({ route, above, change }: PartProps & { above: Inherited }) {
  const own = route.group_by ?? null;
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
        {TIMES.map(({ field, label, help }) => (
          <DurationSizeField
            key={field}
            label={label}
            help={help}
            value_ms={route[field] ?? null}
            placeholder={promDuration(above[field])}
            onChange={(next) => change({ [field]: next })}
          />
        ))}
      </div>
    </FieldGroup>
  );
}
