import type { ReactNode } from "react";
import { useCallback, useState } from "react";
import type { Document, DocumentKind } from "../../../api/documents";
import { useMay } from "../../../queries/account";
import { Button, Dialog, Field, Notice, TextInput, toast } from "../../../ui";
import { ClashNotice } from "../../access/ClashNotice";
import { useAskAgainFor } from "./useKept";
import { useKeep } from "./useKeep";

interface Props {
  kind: DocumentKind;
  /** What it is, in a word or two: "mute timing". */
  word: string;
  /** null: a new one. */
  kept: Document | null;
  /** What the form says. */
  spec: unknown;
  /** Why it cannot be kept like this; shown once somebody tries. */
  problem: string | null;
  /** Below the name. */
  help?: string;
  close: () => void;
  children: ReactNode;
}

/** The form of a named document: its name, whatever else it holds, and what to do when somebody else was first. */
export function KeptDialog({ kind, word, kept, spec, problem, help, close, children }: Props) {
  const [name, setName] = useState(kept?.name ?? "");
  const mayChange = useMay()("documents:write");
  const [tried, setTried] = useState(false);
  const askAgainFor = useAskAgainFor();
  const done = useCallback(async () => {
    await askAgainFor(kind);
    toast(`The ${word} is kept.`);
    close();
  }, [askAgainFor, kind, word, close]);
  const { save, overwrite, busy, error, clash } = useKeep(kind, kept, done);
  const content = { name: name.trim(), spec };
  const wrong = content.name === "" ? "It needs a name." : problem;
  const submit = (): void => {
    setTried(true);
    if (wrong === null && clash === null) void save(content);
  };
  const actions = (
    <>
      <Button variant="ghost" onClick={close}>
        Cancel
      </Button>
      {mayChange ? (
        <Button variant="primary" type="submit" busy={busy}>
          {kept === null ? `Make ${word}` : "Save"}
        </Button>
      ) : null}
    </>
  );
  const present = (): void => {
    void askAgainFor(kind);
    close();
  };
  return (
    <Dialog
      open
      onOpenChange={close}
      title={kept === null ? `New ${word}` : kept.name}
      wide
      onSubmit={submit}
      {...(clash === null ? { actions } : {})}
    >
      {clash === null ? (
        <fieldset className="contents" disabled={!mayChange}>
          <Field label="Name" required {...(help === undefined ? {} : { help })}>
            <TextInput value={name} onChange={setName} maxLength={200} />
          </Field>
          {children}
        </fieldset>
      ) : (
        <ClashNotice clash={clash} busy={busy} reload={present} overwrite={() => void overwrite(content)} />
      )}
      {tried && wrong !== null ? <Notice kind="crit">{wrong}</Notice> : null}
      {error === null ? null : <Notice kind="crit">{error.message}</Notice>}
    </Dialog>
  );
}
