import { useQuery } from "@tanstack/react-query";
import { ApiError, explain } from "../../api/client";
import { alignInterval } from "../../data/step";
import type { Time } from "../../queries/useTime";

/** How the server carries a query out, operator by operator. */
export function PlanView({ letter, promql, time }: { letter: string; promql: string; time: Time }) {
  const plan = useQuery({
    queryKey: ["plan", promql, time.step_ms, time.windowKey],
    queryFn: ({ signal }) =>
      explain({ promql, step_ms: time.step_ms, ...alignInterval(time.window(), time.step_ms) }, signal),
    retry: false,
  });
  if (plan.isPending) return <p className="muted p-4">Loading</p>;
  if (plan.error !== null) {
    const message = plan.error instanceof ApiError ? plan.error.message : "The plan could not be read.";
    return <p className="error-text p-4">{message}</p>;
  }
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keys
    <pre className="code overflow-auto p-4" role="region" aria-label={`Plan of ${letter}`} tabIndex={0}>
      {plan.data}
    </pre>
  );
}
