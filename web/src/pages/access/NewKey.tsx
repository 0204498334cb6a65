import { useState } from "react";
import type { Key } from "../../api/access";
import { CopyButton, CopyOnce, Dialog, TabStrip } from "../../ui";
import { KeyForm } from "./KeyForm";
import { keySnippets } from "./keySnippets";

interface Props {
  /** Where the key is made: one's own keys, or those of a project. */
  path: string;
  /** The only project there is to choose; undefined: any of one's own. */
  project?: string;
  onMade: (key: Key) => unknown;
  onClose: () => void;
}

/** Asks what a new key is for, and shows it this once, in the commands that use it. */
export function NewKey({ path, project, onMade, onClose }: Props) {
  const [key, setKey] = useState<Key | null>(null);
  if (key === null) {
    return (
      <KeyForm
        path={path}
        {...(project === undefined ? {} : { project })}
        onClose={onClose}
        onMade={(made) => {
          setKey(made);
          void onMade(made);
        }}
      />
    );
  }
  return (
    <Dialog open onOpenChange={onClose} title={`Key ${key.name}`} wide>
      <CopyOnce label="API key" secret={key.secret} onDone={onClose} />
      <UseIt made={key} />
    </Dialog>
  );
}

function UseIt({ made }: { made: Key }) {
  const all = keySnippets(location.origin, made.secret, made.project, made.scopes);
  const [shown, setShown] = useState(all[0]?.name ?? "");
  return (
    <section aria-label="Use it" className="min-w-0">
      <TabStrip
        label="Ways to use the key"
        value={shown}
        onChange={setShown}
        tabs={all.map(({ name, label, text }) => ({
          value: name,
          label,
          content: (
            <div className="snippet">
              <CopyButton text={text} />
              {/* long lines scroll, by keys too */}
              {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
              <pre className="code" tabIndex={0} aria-label={label} role="group">
                {text}
              </pre>
            </div>
          ),
        }))}
      />
    </section>
  );
}
