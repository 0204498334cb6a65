import { useState } from "react";
import { checkDashboard } from "../../api/dashboards";
import { Button, CopyButton, Field, Notice, TextArea, toast, useAction } from "../../ui";
import { useDashboard, useEdit } from "../store";
import { jsonOf, readJson } from "./json";

const ROWS = 18;

/** The whole content as JSON, checked by the server before it becomes the draft. */
export function JsonTab({ done }: { done: () => void }) {
  const edit = useEdit();
  const draft = useDashboard((state) => state.draft);
  const [text, setText] = useState(() => jsonOf(draft.spec));
  const changed = text !== jsonOf(draft.spec);
  const { run, busy, error } = useAction(async () => {
    const { given, spec } = readJson(text);
    await checkDashboard(given);
    edit.modeSet("edit");
    edit.replaced({ content: { name: draft.name, spec }, label: "Change as JSON" });
    toast("The draft is what the JSON says. Save to keep it.");
    done();
  });
  return (
    <div className="grid gap-3">
      <Field
        label="Content of the dashboard"
        help="What is at its default is left out."
        aside={<CopyButton text={text} label="Copy the JSON" />}
      >
        <TextArea mono rows={ROWS} value={text} onChange={setText} spellCheck={false} className="dash-json" />
      </Field>
      {error === null ? null : <Notice kind="crit">{error.message}</Notice>}
      <div className="flex justify-end">
        <Button disabled={!changed} busy={busy} onClick={() => void run()}>
          Check and apply
        </Button>
      </div>
    </div>
  );
}
