import { useState } from "react";
import type { Key } from "../../api/access";
import { sendJson } from "../../api/http";
import { useMay, useProject, useWho } from "../../queries/account";
import { useSession } from "../../queries/session";
import { Button, Checkbox, Dialog, Field, FieldGroup, Notice, Segmented, Select, TextInput, useAction } from "../../ui";
import type { Scope } from "./words";
import { EXPIRIES, SCOPES, canGive, expiryOf } from "./words";

interface Props {
  path: string;
  project?: string;
  onMade: (key: Key) => void;
  onClose: () => void;
}

/** Name, rights, project and end of a new key. */
export function KeyForm({ path, project, onMade, onClose }: Props) {
  const { clock } = useSession();
  const { projects } = useWho();
  const here = useProject();
  const may = useMay();
  const [name, setName] = useState("");
  const [about, setAbout] = useState(project ?? here);
  const [scopes, setScopes] = useState<readonly Scope[]>(["ingest"]);
  const [expiry, setExpiry] = useState("90d");
  const own = may("instance:admin")
    ? SCOPES.flatMap((one) => one.permissions)
    : (projects.find((one) => one.name === about)?.permissions ?? []);
  const wanted = scopes.filter((scope) => canGive(scope, own));
  const { run, busy, error } = useAction(async () => {
    const body = { name: name.trim(), scopes: wanted, project: about, expires_ms: expiryOf(expiry, clock.now()) };
    onMade((await sendJson<Key>("POST", path, body)).data);
  });
  const ready = name.trim() !== "" && wanted.length > 0;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="New API key"
      description="For a program. It is shown once, and never may more than you."
      onSubmit={() => {
        if (ready) void run();
      }}
      actions={
        <>
          <Button variant="ghost" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" variant="primary" busy={busy} disabled={!ready}>
            Make key
          </Button>
        </>
      }
    >
      <Field label="Name" help="What uses it, such as prometheus-berlin." required>
        <TextInput value={name} onChange={setName} maxLength={100} />
      </Field>
      {project === undefined && projects.length > 1 ? (
        <Field label="Project">
          <Select
            value={about}
            options={projects.map((one) => ({ value: one.name, label: one.title || one.name }))}
            onChange={setAbout}
          />
        </Field>
      ) : null}
      <FieldGroup label="What it may">
        {SCOPES.map((scope) => (
          <Checkbox
            key={scope.name}
            label={scope.title}
            help={canGive(scope.name, own) ? scope.help : "Your own role does not have all of this."}
            disabled={!canGive(scope.name, own)}
            checked={wanted.includes(scope.name)}
            onChange={(on) => setScopes(on ? [...scopes, scope.name] : scopes.filter((one) => one !== scope.name))}
          />
        ))}
      </FieldGroup>
      <div className="field">
        <span className="label">Ends after</span>
        <Segmented label="Ends after" value={expiry} choices={EXPIRIES} onChange={setExpiry} />
        {expiry === "never" ? (
          <p className="help-text">It works until somebody revokes it. A key that ends is safer.</p>
        ) : null}
      </div>
      {error === null ? null : <Notice kind="crit">{error.message}</Notice>}
    </Dialog>
  );
}
