import { useState } from "react";
import { parseRange } from "../../data/timeRange";
import { useSession } from "../../queries/session";
import { Button, Dialog, Field, Segmented, TextArea, TextInput } from "../../ui";
import { useDashboard, useEdit } from "../store";

const CROSSHAIR = [
  { value: "off", label: "One chart" },
  { value: "line", label: "All charts" },
  { value: "tooltip", label: "With values" },
] as const;
const MOST_TAGS = 50;

const tagsOf = (text: string): string[] =>
  [...new Set(text.split(",").map((tag) => tag.trim()))].filter((tag) => tag !== "").slice(0, MOST_TAGS);

/** Name, words, tags and what the dashboard opens with. */
export function SettingsDialog({ close }: { close: () => void }) {
  const { clock, zone } = useSession();
  const edit = useEdit();
  const { name, spec } = useDashboard((state) => state.draft);
  const [form, setForm] = useState({
    name,
    description: spec.description,
    tags: spec.tags.join(", "),
    range: `${spec.time.from} to ${spec.time.to}`,
    crosshair: spec.crosshair,
  });
  const range = parseRange(form.range, clock.now(), zone.read());
  const nameless = form.name.trim() === "";
  const submit = (): void => {
    if (range === null || nameless) return;
    edit.settingsChanged({
      change: {
        name: form.name.trim(),
        description: form.description,
        tags: tagsOf(form.tags),
        time: range,
        crosshair: form.crosshair,
      },
    });
    close();
  };
  const set = (change: Partial<typeof form>): void => setForm({ ...form, ...change });
  return (
    <Dialog
      open
      onOpenChange={close}
      title="Dashboard settings"
      onSubmit={submit}
      actions={
        <Button type="submit" variant="primary">
          Apply
        </Button>
      }
    >
      <Field label="Name" error={nameless ? "A dashboard needs a name." : null}>
        <TextInput value={form.name} maxLength={200} onChange={(text) => set({ name: text })} />
      </Field>
      <Field label="Description" optional>
        <TextArea value={form.description} onChange={(text) => set({ description: text })} />
      </Field>
      <Field label="Tags" optional help="Separated by commas.">
        <TextInput value={form.tags} onChange={(text) => set({ tags: text })} />
      </Field>
      <Field
        label="Opens with"
        help="Unless a range is already chosen: 2d, now-6h to now, today."
        error={range === null ? "Not a range. Try now-6h to now." : null}
      >
        <TextInput value={form.range} onChange={(text) => set({ range: text })} />
      </Field>
      <Field label="Crosshair">
        <Segmented
          label="Crosshair"
          value={form.crosshair}
          choices={[...CROSSHAIR]}
          onChange={(crosshair) => set({ crosshair })}
        />
      </Field>
    </Dialog>
  );
}
