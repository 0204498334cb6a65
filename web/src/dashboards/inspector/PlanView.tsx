import { useQuery } from "@tanstack/react-query";
import type { PlanNode } from "../../api/client";
import { ApiError, explain } from "../../api/client";
import { formatCount } from "../../data/format";
import type { Inspected } from "./Inspection";
import { wishOf } from "./Inspection";

interface Line {
  node: PlanNode;
  depth: number;
}

function lines(node: PlanNode, depth = 0): Line[] {
  return [{ node, depth }, ...node.inputs.flatMap((input) => lines(input, depth + 1))];
}

/** How the server carries a query out, operator by operator; times include what is below. */
export function PlanView({ one }: { one: Inspected }) {
  const plan = useQuery({
    queryKey: ["plan", one.promql, one.step_ms, one.windowKey],
    queryFn: ({ signal }) => explain(wishOf(one), signal),
    retry: false,
  });
  if (plan.isPending) return <p className="muted p-4">Loading</p>;
  if (plan.error !== null) {
    const message = plan.error instanceof ApiError ? plan.error.message : "The plan could not be read.";
    return <p className="error-text p-4">{message}</p>;
  }
  const total_s = plan.data.seconds;
  return (
    <table className="table">
      <thead>
        <tr>
          <th>{one.name}: operator</th>
          <th className="num">Series</th>
          <th className="num opt">Samples</th>
          <th className="num">Time</th>
          <th className="opt w-28">Share</th>
        </tr>
      </thead>
      <tbody>
        {lines(plan.data).map(({ node, depth }, at) => (
          // the plan of one answer never changes its order
          <tr key={`${at} ${node.operator}`}>
            <td className="grow mono" style={{ paddingLeft: 16 + depth * 16 }} title={node.operator}>
              {node.operator}
            </td>
            <td className="num">{formatCount(node.rows)}</td>
            <td className="num opt">{formatCount(node.samples)}</td>
            <td className="num">{(node.seconds * 1000).toFixed(2)}&#8201;ms</td>
            <td className="opt">
              <span className="bar mt-0!">
                <i style={{ width: `${total_s > 0 ? (node.seconds / total_s) * 100 : 0}%` }} />
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
