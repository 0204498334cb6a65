import type { SubmitEvent } from "react";
import { useCallback, useMemo, useState } from "react";
import type { Project } from "../../../api/access";
import { PROJECTS, projectPath } from "../../../api/access";
import { sendJson } from "../../../api/http";
import { useRefresh } from "../../../queries/access";
import { useAskAgain, useMay } from "../../../queries/account";
import { useSession } from "../../../queries/session";
import { Button, ConfirmDialog, Field, Notice, Section, TextInput, toast } from "../../../ui";
import { ClashNotice } from "../../access/ClashNotice";
import { useChange } from "../../access/useChange";
import { LimitFields } from "./LimitFields";
import { isAcceptable, limitsOf, typedOf } from "./limits";

interface Props {
  project: Project;
  etag: string | null;
  reload: () => void;
}

/** Title, limits, and the end of a project. */
export function ProjectSettings({ project, etag, reload }: Props) {
  const server = useMay()("instance:admin");
  const refresh = useRefresh();
  const ask = useAskAgain();
  const [title, setTitle] = useState(project.title);
  const [typed, setTyped] = useState(() => typedOf(project.limits));
  const body = useMemo(() => (server ? { title, limits: limitsOf(typed) } : { title }), [server, title, typed]);
  const done = useCallback(async () => {
    await refresh(PROJECTS);
    await ask();
    reload();
    toast("Saved.");
  }, [refresh, ask, reload]);
  const { save, overwrite, busy, error, clash, forget } = useChange("PATCH", projectPath(project.name), body, done);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (isAcceptable(typed)) void save(etag);
  };
  return (
    <>
      <Section
        title="Title and limits"
        note={server ? "empty: the server's setting" : "limits are for administrators of the server"}
      >
        {clash === null ? (
          <form className="grid gap-4" onSubmit={submit} noValidate>
            <Field label="Title" optional className="max-w-[400px]">
              <TextInput value={title} onChange={setTitle} maxLength={100} />
            </Field>
            <LimitFields typed={typed} onChange={setTyped} fixed={!server} />
            <Button type="submit" className="justify-self-start" busy={busy} disabled={!isAcceptable(typed)}>
              Save
            </Button>
          </form>
        ) : (
          <ClashNotice
            clash={clash}
            busy={busy}
            overwrite={() => void overwrite()}
            reload={() => {
              forget();
              reload();
            }}
          />
        )}
        {error === null ? null : <Notice kind="crit">{error.message}</Notice>}
      </Section>
      {server && project.name !== "default" ? <End project={project} /> : null}
    </>
  );
}

function End({ project }: { project: Project }) {
  const { location } = useSession();
  const ask = useAskAgain();
  const [asked, setAsked] = useState(false);
  const remove = useCallback(async () => {
    await sendJson("DELETE", projectPath(project.name));
    location.open("/admin/projects");
    await ask();
    toast(`Project ${project.name} is deleted. It can be restored here.`);
  }, [project.name, location, ask]);
  return (
    <Section
      title="Delete this project"
      actions={
        <Button variant="danger" onClick={() => setAsked(true)}>
          Delete project
        </Button>
      }
    >
      <p className="soft">Nobody can reach it, and nothing more is taken in. It can be restored with all it has.</p>
      <ConfirmDialog
        open={asked}
        onOpenChange={setAsked}
        title={`Delete project ${project.name}?`}
        confirm="Delete project"
        typed={project.name}
        danger
        onConfirm={remove}
      >
        Members and keys lose it at once. Samples stay until they are too old; until then it can be restored.
      </ConfirmDialog>
    </Section>
  );
}
