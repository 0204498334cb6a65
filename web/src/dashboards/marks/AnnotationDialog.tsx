import { useCallback, useState } from "react";
import { sendJson } from "../../api/http";
import type { Zone } from "../../data/timeRange";
import { formatMoment } from "../../data/timeRange";
import { Button, Dialog, Field, Notice, Segmented, TextArea, TextInput, useAction } from "../../ui";
import { useDashboard } from "../store";
import type { Annotation } from "./sources";

/** What is annotated; `id` of one that is there already. */
export interface Draft extends Pick<Annotation, "time_ms" | "end_ms" | "widget"> {
  there: Annotation | null;
}

interface Props {
  draft: Draft;
  zone: Zone;
  close: () => void;
  done: () => Promise<void>;
}

const PATH = "/api/v1/annotations";

type Reach = "widget" | "dashboard" | "project";

function reachOf({ there, widget }: Draft, saved: boolean): Reach {
  if (there !== null) return there.widget !== "" ? "widget" : there.dashboard !== "" ? "dashboard" : "project";
  return !saved ? "project" : widget === "" ? "dashboard" : "widget";
}

const tagsIn = (text: string): string[] => [...new Set(text.split(",").map((one) => one.trim()))].filter(Boolean);

/** Words about a moment or a stretch of time. */
export function AnnotationDialog({ draft, zone, close, done }: Props) {
  const dashboard = useDashboard((state) => state.kept?.id ?? "");
  const { there, time_ms, end_ms } = draft;
  const [title, setTitle] = useState(there?.title ?? "");
  const [text, setText] = useState(there?.text ?? "");
  const [tags, setTags] = useState(there?.tags.join(", ") ?? "");
  const [reach, setReach] = useState(() => reachOf(draft, dashboard !== ""));
  const save = useCallback(async () => {
    const about = { title: title.trim(), text, tags: tagsIn(tags) };
    if (there !== null) await sendJson("PATCH", `${PATH}/${there.id}`, about, `"${there.version}"`);
    else {
      const place = {
        dashboard: reach === "project" ? "" : dashboard,
        widget: reach === "widget" ? draft.widget : "",
      };
      await sendJson("POST", PATH, {
        time_ms: Math.round(time_ms),
        ...(end_ms === null ? {} : { end_ms: Math.round(end_ms) }),
        ...about,
        ...place,
      });
    }
    await done();
  }, [title, text, tags, there, reach, dashboard, draft.widget, time_ms, end_ms, done]);
  const { run, busy, error } = useAction(save);
  const submit = async (): Promise<void> => {
    if (await run()) close();
  };
  const when = [time_ms, ...(end_ms === null ? [] : [end_ms])].map((one) => formatMoment(one, zone, true, true));
  return (
    <Dialog
      open
      onOpenChange={close}
      title={there === null ? "Annotate" : "Change the annotation"}
      description={when.join(" to ")}
      onSubmit={() => void submit()}
      actions={
        <Button type="submit" variant="primary" busy={busy} disabled={title.trim() === ""}>
          Save
        </Button>
      }
    >
      {error === null ? null : <Notice kind="crit">{error.message}</Notice>}
      <Field label="Title">
        <TextInput value={title} onChange={setTitle} maxLength={200} />
      </Field>
      <Field label="Text" optional>
        <TextArea rows={3} value={text} onChange={setText} />
      </Field>
      <Field label="Tags" optional help="Apart by commas.">
        <TextInput value={tags} onChange={setTags} />
      </Field>
      {there !== null || dashboard === "" ? null : (
        <Segmented
          label="Shown on"
          fill
          value={reach}
          onChange={setReach}
          choices={[
            ...(draft.widget === "" ? [] : [{ value: "widget" as const, label: "This widget" }]),
            { value: "dashboard" as const, label: "This dashboard" },
            { value: "project" as const, label: "All dashboards" },
          ]}
        />
      )}
    </Dialog>
  );
}
