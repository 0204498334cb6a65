import type { ReactNode } from "react";
import { useCallback, useState } from "react";
import type { Document, DocumentKind } from "../../../api/documents";
import { useMay } from "../../../queries/account";
import { Button, Dialog, Field, Notice, TextInput, toast } from "../../../ui";
import { Clashing } from "./Clashing";
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
  /** The name of what nobody has to name. */
  named?: string;
  /** On the button that makes a new one. */
  make?: string;
  close: () => void;
  /** Asks again for lists of it beside that of documents. */
  saved?: () => unknown;
  children: ReactNode;
}

/** The form of a named document: its name, whatever else it holds, and what to do when somebody else was first. */
export function KeptDialog(props: Props) {
  const { kind, word, kept, spec, problem, help, named, make = `Make ${props.word}`, close, saved, children } = props;
  const [name, setName] = useState(kept?.name ?? "");
  const mayChange = useMay()("documents:write");
  const [tried, setTried] = useState(false);
  const askAgainFor = useAskAgainFor();
  const done = useCallback(async () => {
    await Promise.all([askAgainFor(kind), saved?.()]);
    toast(`The ${word} is kept.`);
    close();
  }, [askAgainFor, kind, saved, word, close]);
  const keep = useKeep(kind, kept, done);
  const { save, busy, error, clash } = keep;
  const content = { name: named ?? name.trim(), spec };
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
          {kept === null ? make : "Save"}
        </Button>
      ) : null}
    </>
  );
  const present = (): void => {
    void askAgainFor(kind);
    void saved?.();
    close();
  };
  return (
    <Dialog
      open
      onOpenChange={close}
      title={kept === null ? `New ${word}` : named === undefined ? kept.name : titled(word)}
      wide
      onSubmit={submit}
      {...(clash === null ? { actions } : {})}
    >
      <Clashing keep={keep} content={content} reload={present}>
        <fieldset className="contents" disabled={!mayChange}>
          {named === undefined ? (
            <Field label="Name" required {...(help === undefined ? {} : { help })}>
              <TextInput value={name} onChange={setName} maxLength={200} />
            </Field>
          ) : null}
          {children}
        </fieldset>
      </Clashing>
      {tried && wrong !== null ? <Notice kind="crit">{wrong}</Notice> : null}
      {error === null ? null : <Notice kind="crit">{error.message}</Notice>}
    </Dialog>
  );
}

const titled = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
