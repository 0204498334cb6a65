import { useState } from "react";
import { useProject } from "../../queries/account";
import { useSession } from "../../queries/session";
import type { Time } from "../../queries/useTime";
import { Checkbox, CopyButton, Field, TextInput } from "../../ui";
import { useScope } from "../data/variables";
import type { LinkChoices } from "./link";
import { dashboardLink } from "./link";

/** A link for people who sign in here. */
export function LinkTab({ time, widget }: { time: Time; widget: string }) {
  const { location: address } = useSession();
  const project = useProject();
  const { scope } = useScope();
  const [choices, setChoices] = useState<LinkChoices>({ lockTime: true, variables: true, kiosk: false });
  // what "now" was when the dialog opened is what the link says, however long it stays open
  const [window] = useState(time.window);
  const set = (change: Partial<LinkChoices>): void => setChoices({ ...choices, ...change });
  const { path } = address;
  const params = new URLSearchParams(address.params);
  if (widget !== "") params.set("panel", widget);
  const { range } = time;
  const link = dashboardLink({ origin: location.origin, path, params, scope, range, window, project }, choices);
  return (
    <div className="grid gap-4">
      <p className="soft">Opens this view for everybody who may see the dashboard.</p>
      <Checkbox
        label="Lock the time"
        help="The moments that are shown now, instead of a range that moves on."
        checked={choices.lockTime}
        onChange={(lockTime) => set({ lockTime })}
      />
      <Checkbox
        label="Keep the variables"
        help="The values that are chosen now, also those that are chosen by default."
        checked={choices.variables}
        onChange={(variables) => set({ variables })}
      />
      <Checkbox
        label="Full screen"
        help="Without navigation and header, for a screen on the wall."
        checked={choices.kiosk}
        onChange={(kiosk) => set({ kiosk })}
      />
      <Field label="Link">
        <div className="flex gap-2">
          <TextInput value={link} onChange={() => undefined} readOnly mono onFocus={(event) => event.target.select()} />
          <CopyButton text={link} label="Copy" />
        </div>
      </Field>
    </div>
  );
}
