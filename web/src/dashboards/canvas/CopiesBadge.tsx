import { Badge } from "../../ui";

/** Beside what is repeated, while it is edited. */
export function CopiesBadge({ count, variable }: { count: number; variable: string }) {
  return (
    <span title={`Repeated for each value of ${variable}`}>
      <Badge>{count === 1 ? "1 copy" : `${count} copies`}</Badge>
    </span>
  );
}
