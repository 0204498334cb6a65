import { ChevronRight } from "lucide-react";
import { PageLink } from "../../bar/PageLink";
import { LIST } from "./list";

/** From a rule back to its group and to all rules. */
export function WayHere({ group }: { group: string }) {
  return (
    <nav className="crumbs" aria-label="Where this rule is">
      <PageLink to={LIST}>All rules</PageLink>
      <ChevronRight className="icon icon--xs" aria-hidden />
      {group === "" ? null : (
        <>
          <PageLink to={`${LIST}?${new URLSearchParams({ group }).toString()}`}>{group}</PageLink>
          <ChevronRight className="icon icon--xs" aria-hidden />
        </>
      )}
    </nav>
  );
}
