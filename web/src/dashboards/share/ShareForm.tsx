import type { ReactNode } from "react";
import type { Action, SelectOption } from "../../ui";
import { Button, Checkbox, Field, Notice, Segmented, Select, TextInput } from "../../ui";
import { widgetTitle } from "../diff";
import { useMarks } from "../marks/useMarks";
import { useDashboard } from "../store";

export const DAY_MS = 86_400_000;

const LIFETIMES: readonly SelectOption<string>[] = [
  { value: String(3_600_000), label: "1 hour" },
  { value: String(DAY_MS), label: "1 day" },
  { value: String(7 * DAY_MS), label: "7 days" },
  { value: String(30 * DAY_MS), label: "30 days" },
  { value: String(90 * DAY_MS), label: "90 days" },
  { value: String(365 * DAY_MS), label: "1 year" },
];

export interface ShareChoices {
  title: string;
  only: string;
  live: boolean;
  lifetime_ms: number;
  marks: boolean;
  zoom: boolean;
}

interface Props {
  value: ShareChoices;
  onChange: (value: ShareChoices) => void;
  /** The page follows the present, so that what is shared can, too; null: snapshots never do. */
  moving: boolean | null;
  /** What is shown now, in words. */
  range: string;
  /** What the button says that gives it away. */
  submit: string;
  action: Pick<Action<[]>, "run" | "busy" | "error">;
  children?: ReactNode;
}

/** What is asked about everything that is given away. */
export function ShareForm({ value, onChange, moving, range, submit, action, children }: Props) {
  const widgets = useDashboard((state) => state.draft.spec.widgets);
  const sources = useMarks().sources.filter((one) => one.on);
  const set = (change: Partial<ShareChoices>): void => onChange({ ...value, ...change });
  return (
    <div className="grid gap-4">
      <Field label="Title" help="What viewers see above it.">
        <TextInput value={value.title} maxLength={200} onChange={(title) => set({ title })} />
      </Field>
      <Field label="What is shown">
        <Select
          value={value.only}
          options={[
            { value: "", label: "The whole dashboard" },
            ...widgets.map((one) => ({ value: one.id, label: widgetTitle(one) })),
          ]}
          onChange={(only) => set({ only })}
        />
      </Field>
      {moving === true ? (
        <div className="grid gap-1">
          <Segmented
            label="Time"
            value={value.live ? "live" : "fixed"}
            choices={[
              { value: "live", label: `${range}, live` },
              { value: "fixed", label: "These moments" },
            ]}
            onChange={(next) => set({ live: next === "live" })}
            fill
          />
        </div>
      ) : (
        <p className="muted">Time: {range}</p>
      )}
      <Field label="Ends after">
        <Select
          value={String(value.lifetime_ms)}
          options={LIFETIMES}
          onChange={(text) => set({ lifetime_ms: Number(text) })}
        />
      </Field>
      {moving === null ? null : (
        <Checkbox
          label="Viewers may zoom in"
          help="Into parts of this time, never beyond it."
          checked={value.zoom}
          onChange={(zoom) => set({ zoom })}
        />
      )}
      {sources.length === 0 ? null : (
        <Checkbox
          label="With marks"
          help={`${sources.map((one) => one.source.name).join(", ")}${value.live && moving === true ? "; also those still to come" : ""}`}
          checked={value.marks}
          onChange={(marks) => set({ marks })}
        />
      )}
      {children}
      {action.error === null ? null : <Notice kind="crit">{action.error.message}</Notice>}
      <Button
        variant="primary"
        className="justify-self-end"
        busy={action.busy}
        disabled={value.title.trim() === ""}
        onClick={() => void action.run()}
      >
        {submit}
      </Button>
    </div>
  );
}
