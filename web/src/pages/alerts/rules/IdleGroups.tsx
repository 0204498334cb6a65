import type { DocumentHead } from "../../../api/documents";
import { useSession } from "../../../queries/session";
import { Button, Section } from "../../../ui";
import { Moment } from "../../access/Moment";
import { LIST } from "./list";

interface Props {
  heads: readonly DocumentHead[];
  may: boolean;
  onOpen: (id: string) => void;
}

/** Groups of which nothing is evaluated: they are empty, or were made a moment ago. */
export function IdleGroups({ heads, may, onOpen }: Props) {
  const { location } = useSession();
  if (heads.length === 0) return null;
  return (
    <Section title="Groups without rules in force" note="empty, or made a moment ago">
      <ul className="grid gap-2">
        {heads.map((head) => (
          <li key={head.id} className="flex flex-wrap items-center gap-2">
            <button type="button" className="link" onClick={() => onOpen(head.id)}>
              {head.name}
            </button>
            <span className="muted">
              changed <Moment at_ms={head.updated_ms} />
            </span>
            <span className="spacer" />
            {may ? (
              <Button
                small
                aria-label={`Add a rule to ${head.name}`}
                onClick={() => location.open(`${LIST}/new?${new URLSearchParams({ into: head.id }).toString()}`)}
              >
                Add a rule
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
    </Section>
  );
}
