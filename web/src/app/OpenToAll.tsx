import { TriangleAlert } from "lucide-react";

/** Said on every page for as long as it holds. */
export function OpenToAll() {
  return (
    <aside className="open-to-all" aria-label="Access">
      <TriangleAlert className="icon icon--sm" aria-hidden />
      <span>
        Nobody signs in: <code>--no-auth</code>
        <span className="wide-only">. Whoever reaches this port may do everything.</span>
      </span>
    </aside>
  );
}
