import { Send, Trash2 } from "lucide-react";
import { useCallback, useState } from "react";
import type { ContactTest, ContactType } from "../../../api/contacts";
import { testContact } from "../../../api/contacts";
import { Button, Checkbox, Field, IconButton, Notice, Select, useAction } from "../../../ui";
import { OptionFields } from "./OptionFields";
import { TestOutcome } from "./TestOutcome";
import type { Draft } from "./contact";
import { KEPT, integrationOf } from "./contact";

interface Props {
  /** Counted from 1. */
  number: number;
  draft: Draft;
  types: readonly ContactType[];
  /** Id of the document whose secrets are kept; empty: there is none yet. */
  kept: string;
  /** What the server says is wrong with it. */
  problem: string | null;
  onChange: (draft: Draft) => void;
  /** null: it is the only one. */
  remove: (() => void) | null;
}

/** One way by which people are reached: its type, its options, and a test of both. */
export function IntegrationCard({ number, draft, types, kept, problem, onChange, remove }: Props) {
  const type = types.find((one) => one.type === draft.type);
  const [outcome, setOutcome] = useState<ContactTest | null>(null);
  const { run, busy, error } = useAction(
    useCallback(
      async (show_only: boolean) => {
        setOutcome(null);
        const asked = { contact_point: draft.place === null ? "" : kept, number: draft.place ?? 0, show_only };
        setOutcome(await testContact({ integration: integrationOf(draft, KEPT), ...asked }));
      },
      [draft, kept],
    ),
  );
  const name = type?.title ?? draft.type;
  return (
    <section className="inset" aria-label={`Way ${number}: ${name}`}>
      <div className="flex items-end gap-2">
        <Field label={`Way ${number}`} className="w-56">
          <Select
            value={draft.type}
            options={types.map((one) => ({ value: one.type, label: one.title }))}
            onChange={(next) => onChange({ ...draft, type: next, options: {}, place: null })}
          />
        </Field>
        <span className="spacer" />
        {remove === null ? null : <IconButton icon={Trash2} label={`Remove way ${number}`} onClick={remove} />}
      </div>
      {type === undefined ? (
        <Notice kind="warn">This server does not know “{draft.type}”.</Notice>
      ) : (
        <OptionFields
          key={draft.type}
          type={type}
          options={draft.options}
          onChange={(options) => onChange({ ...draft, options })}
        />
      )}
      <Checkbox
        label="Tell when it is over"
        checked={draft.send_resolved}
        onChange={(send_resolved) => onChange({ ...draft, send_resolved })}
      />
      {problem === null ? null : <Notice kind="crit">{problem}</Notice>}
      <div className="flex flex-wrap gap-2">
        <Button small icon={Send} busy={busy} onClick={() => void run(false)}>
          Send a test
        </Button>
        <Button small variant="ghost" disabled={busy} onClick={() => void run(true)}>
          Only show the request
        </Button>
      </div>
      <div aria-live="polite">
        {error === null ? null : <Notice kind="crit">{error.message}</Notice>}
        {outcome === null ? null : <TestOutcome test={outcome} />}
      </div>
    </section>
  );
}
