import type { Project } from "../../../api/access";
import { projectPath } from "../../../api/access";
import { useSession } from "../../../queries/session";
import { TabStrip } from "../../../ui";
import { Keys } from "../../access/Keys";
import { Problem } from "../../access/Problem";
import { useRecord } from "../../access/useRecord";
import { Members } from "./Members";
import { ProjectSettings } from "./ProjectSettings";
import { UsageView } from "./UsageView";

type TabName = "members" | "keys" | "usage" | "settings";

const NAMES: readonly TabName[] = ["members", "keys", "usage", "settings"];

/** One project: who is in it, what may reach it, what it uses and may use. */
export function ProjectPage({ name }: { name: string }) {
  const { location } = useSession();
  const { data, error, refetch } = useRecord<Project>(projectPath(name));
  const tab = NAMES.find((one) => one === location.params.get("tab")) ?? "members";
  if (error !== null && data === undefined) return <Problem error={error} retry={() => void refetch()} />;
  if (data === undefined) return <p className="muted">Loading</p>;
  const project = data.data;
  return (
    <div className="grid gap-3">
      <h2 className="text-[length:var(--fs-lg)] leading-6">
        {project.title || project.name}{" "}
        {project.title === "" ? null : <code className="muted text-[length:var(--fs-xs)]">{project.name}</code>}
      </h2>
      <TabStrip<TabName>
        label={`Project ${name}`}
        value={tab}
        onChange={(next) => location.change({ tab: next === "members" ? null : next }, "replace")}
        tabs={[
          {
            value: "members",
            label: "Members",
            content: (
              <Padded>
                <Members project={name} />
              </Padded>
            ),
          },
          {
            value: "keys",
            label: "Keys",
            content: (
              <Padded>
                <Keys path={`${projectPath(name)}/keys`} project={name} note="all that reach this project" />
              </Padded>
            ),
          },
          {
            value: "usage",
            label: "Usage",
            content: (
              <Padded>
                <UsageView project={name} />
              </Padded>
            ),
          },
          {
            value: "settings",
            label: "Settings",
            content: (
              <Padded>
                <ProjectSettings key={data.etag} project={project} etag={data.etag} reload={() => void refetch()} />
              </Padded>
            ),
          },
        ]}
      />
    </div>
  );
}

function Padded({ children }: { children: React.ReactNode }) {
  return <div className="grid gap-3 pt-3">{children}</div>;
}
