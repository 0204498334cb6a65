import { useSession } from "../../../queries/session";
import { Button, EmptyState } from "../../../ui";
import { Problem } from "../../access/Problem";
import { useLiveGroups } from "./keys";
import { LIST, sourceOf } from "./list";
import { ShownRule } from "./ShownRule";
import { findLive } from "./start";

/** A rule of a file, or one that comes with the server. */
export function ViewRule() {
  const { location } = useSession();
  const { data, error, refetch } = useLiveGroups();
  if (data === undefined) {
    return error === null ? <p className="muted">Loading</p> : <Problem error={error} retry={() => void refetch()} />;
  }
  const found = findLive(data.groups, location.params);
  if (found === null) {
    return (
      <EmptyState
        title="This rule is not here any more"
        action={<Button onClick={() => location.open(LIST)}>All rules</Button>}
      >
        Its file says something else now.
      </EmptyState>
    );
  }
  const { group, rule } = found;
  return (
    <ShownRule
      rule={rule}
      labels={group.source.labels ?? {}}
      groupName={group.name}
      from={sourceOf(group) === "system" ? "this server: it watches itself and its machine" : `the file ${group.file}`}
      interval_ms={group.interval * 1000}
    />
  );
}
