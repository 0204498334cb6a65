import type { ReactNode } from "react";
import { useOwnProject, useProject, useWho } from "../queries/account";
import { useSession } from "../queries/session";
import { Button, PageBody, PageHeader } from "../ui";
import { NotPermitted } from "../widgets/NotPermitted";

/** Pages of a project, for those who have a role in it. */
export function InProject({ children }: { children: ReactNode }) {
  const { project } = useSession();
  const name = useProject();
  const own = useOwnProject();
  const { projects } = useWho();
  if (own !== undefined) return children;
  const [first] = projects;
  return (
    <>
      <PageHeader title="No access" />
      <PageBody>
        {first === undefined ? (
          <NotPermitted title="No role in any project yet">
            Ask whoever administers this server for one; it holds at once.
          </NotPermitted>
        ) : (
          <NotPermitted
            title={`No access to project ${name}`}
            action={<Button onClick={() => project.choose(first.name)}>Go to {first.title || first.name}</Button>}
          >
            It does not exist, or you have no role in it. Ask whoever administers it.
          </NotPermitted>
        )}
      </PageBody>
    </>
  );
}
