import { EditRule } from "./EditRule";
import { NewRule } from "./NewRule";
import { RuleList } from "./RuleList";
import { ViewRule } from "./ViewRule";

/** All rules, or one of them: /alerts/rules/new, /edit?doc=... and /view?file=... */
export function RulesPage({ item }: { item: string | null }) {
  switch (item) {
    case "new":
      return <NewRule />;
    case "edit":
      return <EditRule />;
    case "view":
      return <ViewRule />;
    default:
      return <RuleList />;
  }
}
