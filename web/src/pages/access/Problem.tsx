import { CloudOff } from "lucide-react";
import { NotPermitted as Forbidden } from "../../api/errors";
import { plainMessage } from "../../data/message";
import { useProject } from "../../queries/account";
import { Button, EmptyState } from "../../ui";
import { NotPermitted } from "../../widgets/NotPermitted";
import { permissionTitle } from "./words";

interface Props {
  error: Error;
  retry: () => void;
}

/** Why something cannot be shown: not permitted is another picture than a failure. */
export function Problem({ error, retry }: Props) {
  const project = useProject();
  if (error instanceof Forbidden) return <Missing permission={error.permission} message={error.message} />;
  return (
    <EmptyState
      icon={CloudOff}
      title={`Not loaded: ${plainMessage(error.message)}`}
      action={
        <Button small onClick={retry}>
          Try again
        </Button>
      }
    >
      Project {project}
    </EmptyState>
  );
}

/** The right that is missing, and who can give it. */
export function Missing({ permission, message }: { permission: string | null; message?: string }) {
  const project = useProject();
  if (permission === null) return <NotPermitted title="Not permitted">{message ?? ""}</NotPermitted>;
  const server = permission === "instance:admin";
  return (
    <NotPermitted title={server ? "For administrators of this server" : `Not permitted in project ${project}`}>
      This needs the right “{permissionTitle(permission)}” (<code>{permission}</code>), which your role does not have.
      Ask {server ? "whoever administers this server" : "an administrator of the project"}.
    </NotPermitted>
  );
}
