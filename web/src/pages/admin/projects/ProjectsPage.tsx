import { useState } from "react";
import type { Project } from "../../../api/access";
import { PROJECTS, projectPath } from "../../../api/access";
import { sendJson } from "../../../api/http";
import { useData, useRefresh } from "../../../queries/access";
import { useAskAgain, useMay } from "../../../queries/account";
import { useSession } from "../../../queries/session";
import type { Column } from "../../../ui";
import { Button, DataTable, Notice, Section, toast, useAction } from "../../../ui";
import { Moment } from "../../access/Moment";
import { Problem } from "../../access/Problem";
import { NewProject } from "./NewProject";
import { LIMITS } from "./limits";

const COLUMNS: readonly Column<Project>[] = [
  { id: "name", head: "Project", value: (one) => one.name, cell: (one) => one.name },
  {
    id: "title",
    head: "Title",
    value: (one) => one.title,
    cell: (one) => one.title || <span className="muted">-</span>,
  },
  {
    id: "limits",
    head: "Own limits",
    number: true,
    value: (one) => ownLimits(one),
    cell: (one) => (ownLimits(one) === 0 ? <span className="muted">None</span> : ownLimits(one)),
  },
  { id: "created", head: "Since", value: (one) => one.created_ms, cell: (one) => <Moment at_ms={one.created_ms} /> },
];

const ownLimits = (project: Project): number => LIMITS.filter(({ name }) => project.limits[name] != null).length;

/** The projects that one administers; those that are deleted can come back. */
export function ProjectsPage() {
  const { location } = useSession();
  const may = useMay();
  const all = may("instance:admin");
  const projects = useData<Project[]>(PROJECTS);
  const [making, setMaking] = useState(false);
  if (projects.error !== null) return <Problem error={projects.error} retry={() => void projects.refetch()} />;
  const open = (project: Project): void => location.go(`/admin/projects/${project.name}`, ["project"]);
  return (
    <>
      <Section
        title="Projects"
        note="each with its own series, members, keys and limits"
        actions={
          all ? (
            <Button variant="primary" onClick={() => setMaking(true)}>
              New project
            </Button>
          ) : null
        }
        flush
      >
        <DataTable
          label="Projects"
          columns={COLUMNS}
          rows={projects.data?.filter((one) => may("project:admin", one.name))}
          rowKey={(one) => one.name}
          empty={null}
          onOpen={open}
        />
      </Section>
      {all ? <Deleted /> : null}
      {making ? <NewProject onClose={() => setMaking(false)} onMade={open} /> : null}
    </>
  );
}

function Deleted() {
  const path = `${PROJECTS}?deleted=true`;
  const deleted = useData<Project[]>(path);
  const refresh = useRefresh();
  const ask = useAskAgain();
  const restoring = useAction(async (name: string) => {
    await sendJson("POST", `${projectPath(name)}/restore`);
    await ask();
    await refresh(PROJECTS, path);
    toast(`Project ${name} is back.`);
  });
  if (deleted.data === undefined || deleted.data.length === 0) return null;
  return (
    <Section title="Deleted" note="with members and keys; samples stay until they are too old" flush>
      {restoring.error === null ? null : <Notice kind="crit">{restoring.error.message}</Notice>}
      <DataTable
        label="Deleted projects"
        columns={[
          { id: "name", head: "Project", cell: (one) => one.name },
          { id: "when", head: "Deleted", cell: (one) => <Moment at_ms={one.deleted_ms} /> },
        ]}
        rows={deleted.data}
        rowKey={(one) => one.name}
        empty={null}
        actions={(one) => (
          <Button small busy={restoring.busy} onClick={() => void restoring.run(one.name)}>
            Restore
          </Button>
        )}
      />
    </Section>
  );
}
