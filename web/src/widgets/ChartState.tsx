import { Lock, Unplug } from "lucide-react";
import { formatCount } from "../data/format";
import { plainMessage } from "../data/message";
import type { PanelError } from "./panelData";

/** Nothing to draw: no data is another picture than a failure. */
export function NoData({ hint }: { hint: string }) {
  return (
    <div className="state">
      <Unplug className="icon" aria-hidden />
      <b>Nothing matches in this range</b>
      <span>{hint}</span>
    </div>
  );
}

/** There may be data, but not for who asks. */
function Closed({ message }: { message: string }) {
  return (
    <div className="state" role="alert">
      <Lock className="icon" aria-hidden />
      <b>Not permitted</b>
      <span className="[overflow-wrap:anywhere]">{plainMessage(message)}</span>
    </div>
  );
}

export function Failed({ error, retry }: { error: PanelError; retry: () => void }) {
  if (error.code === "forbidden") return <Closed message={error.message} />;
  const limit = error.limit === null ? "" : ` The limit ${error.limit.name} is ${formatCount(error.limit.value)}.`;
  const advice = error.limit === null ? "" : " Use a shorter range or fewer series.";
  return (
    <div className="state" role="alert">
      <b>{error.code === "offline" ? "No answer from the server" : "Query failed"}</b>
      <span className="[overflow-wrap:anywhere]">
        {plainMessage(error.message)}
        {limit}
        {advice}
      </span>
      <button type="button" className="btn btn--sm" onClick={retry}>
        Try again
      </button>
    </div>
  );
}
