import { BellOff, Check, X } from "lucide-react";
import { Button } from "../../../ui";
import type { Alert } from "./alerts";
import { isAcknowledgeable } from "./alerts";

interface Props {
  chosen: readonly Alert[];
  acknowledge: (alerts: readonly Alert[]) => void;
  silence: (alerts: readonly Alert[]) => void;
  clear: () => void;
}

/** What can be done with the chosen alerts. */
export function ChosenBar({ chosen, acknowledge, silence, clear }: Props) {
  const firing = chosen.filter(isAcknowledgeable);
  return (
    <div className="alert-chosen" role="group" aria-label="Chosen alerts">
      <span role="status" className="num">
        {chosen.length} chosen
      </span>
      <Button icon={Check} disabled={firing.length === 0} onClick={() => acknowledge(firing)}>
        Acknowledge {firing.length}
      </Button>
      <Button icon={BellOff} onClick={() => silence(chosen)}>
        Silence {chosen.length}
      </Button>
      <Button variant="ghost" icon={X} onClick={clear}>
        Choose none
      </Button>
    </div>
  );
}
