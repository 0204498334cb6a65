import { LayoutTemplate, Unplug } from "lucide-react";
import { SampleDataButton } from "../../dashboards/sample/SampleDataButton";
import { PROJECT_PARAMETER } from "../../data/project";
import { useSession } from "../../queries/session";
import { Button, EmptyState } from "../../ui";
import { SendData } from "./SendData";

/** What can be done about a project to which nothing was sent yet. */
export function EmptyProject() {
  const { location } = useSession();
  return (
    <div className="side">
      <EmptyState
        icon={Unplug}
        title="This project has no data yet"
        action={
          <span className="flex flex-wrap justify-center gap-2">
            <SampleDataButton />
            <Button icon={LayoutTemplate} onClick={() => location.go("/dashboards/templates", [PROJECT_PARAMETER])}>
              Templates
            </Button>
          </span>
        }
      >
        Send something in one of the ways below, or look around with an hour of a made-up shop.
      </EmptyState>
      <SendData />
    </div>
  );
}
