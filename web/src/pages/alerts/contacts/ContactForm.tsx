import { ArrowLeft, Plus } from "lucide-react";
import { useCallback, useState } from "react";
import type { ContactType } from "../../../api/contacts";
import type { Document } from "../../../api/documents";
import { Button, Field, Notice, Section, TextInput, toast } from "../../../ui";
import { Clashing } from "../kept/Clashing";
import { useKeep } from "../kept/useKeep";
import { IntegrationCard } from "./IntegrationCard";
import type { Draft } from "./contact";
import { draftsOf, newDraft, problemOf, specOf } from "./contact";
import "./contacts.css";

interface Props {
  /** null: a new one. */
  kept: Document | null;
  /** What a new one begins with. */
  first?: { name: string; type: string };
  types: readonly ContactType[];
  /** How often it is called by its name. */
  used: number;
  mayChange: boolean;
  close: () => void;
  saved: () => unknown;
}

const FIRST = { name: "", type: "webhook" };

/** Whom a contact point reaches, and by which ways. */
export function ContactForm({ kept, first = FIRST, types, used, mayChange, close, saved }: Props) {
  const [name, setName] = useState(kept?.name ?? first.name);
  const [drafts, setDrafts] = useState(() => (kept === null ? [newDraft(first.type)] : draftsOf(kept.spec)));
  const [tried, setTried] = useState(false);
  const done = useCallback(async () => {
    await saved();
    toast("The contact point is kept.");
    close();
  }, [saved, close]);
  const keep = useKeep("contact_point", kept, done);
  const { save, busy, error } = keep;
  const content = { name: name.trim(), spec: specOf(drafts) };
  const about = error === null ? null : problemOf(error.message);
  const set = (draft: Draft): void => setDrafts(drafts.map((one) => (one.key === draft.key ? draft : one)));
  const renamed = kept !== null && used > 0 && content.name !== kept.name;
  return (
    <Section
      title={kept === null ? "New contact point" : kept.name}
      actions={
        <Button variant="ghost" icon={ArrowLeft} onClick={close}>
          All contact points
        </Button>
      }
    >
      <Clashing
        keep={keep}
        content={content}
        reload={() => {
          void saved();
          close();
        }}
      >
        <form
          className="grid gap-4"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            setTried(true);
            if (content.name !== "") void save(content);
          }}
        >
          <fieldset className="contents" disabled={!mayChange}>
            <Field
              label="Name"
              help="Routes call it by this."
              required
              error={tried && content.name === "" ? "It needs a name." : null}
            >
              <TextInput value={name} onChange={setName} maxLength={200} />
            </Field>
            {renamed ? (
              <Notice kind="warn">
                It is called “{kept.name}” in {used === 1 ? "one place" : `${used} places`}. Until the new name stands
                there, what would go here rings the bell of the page.
              </Notice>
            ) : null}
            {drafts.map((draft, at) => (
              <IntegrationCard
                key={draft.key}
                number={at + 1}
                draft={draft}
                types={types}
                kept={kept?.id ?? ""}
                problem={about?.number === at ? about.text : null}
                onChange={set}
                remove={drafts.length === 1 ? null : () => setDrafts(drafts.filter((one) => one !== draft))}
              />
            ))}
            <Button
              small
              variant="ghost"
              icon={Plus}
              className="justify-self-start"
              onClick={() => setDrafts([...drafts, newDraft(FIRST.type)])}
            >
              Add a way
            </Button>
          </fieldset>
          {error === null || (about !== null && about.number < drafts.length) ? null : (
            <Notice kind="crit">{error.message}</Notice>
          )}
          {mayChange ? (
            <div className="flex justify-end gap-2">
              <Button variant="ghost" onClick={close}>
                Cancel
              </Button>
              <Button variant="primary" type="submit" busy={busy}>
                {kept === null ? "Make contact point" : "Save"}
              </Button>
            </div>
          ) : null}
        </form>
      </Clashing>
    </Section>
  );
}
