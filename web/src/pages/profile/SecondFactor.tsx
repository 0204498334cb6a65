import { useState } from "react";
import { PROFILE } from "../../api/access";
import { sendJson } from "../../api/http";
import { useAskAgain } from "../../queries/account";
import { Badge, Button, Section, toast } from "../../ui";
import { AskPassword } from "./AskPassword";
import { Enrol } from "./Enrol";

/** Codes of an app beside the password. */
export function SecondFactor({ on }: { on: boolean }) {
  const ask = useAskAgain();
  const [open, setOpen] = useState<"add" | "remove" | null>(null);
  const close = (): void => setOpen(null);
  return (
    <Section
      title="Second factor"
      actions={
        on ? (
          <>
            <Badge status="ok">On</Badge>
            <Button onClick={() => setOpen("remove")}>Remove</Button>
          </>
        ) : (
          <>
            <Badge status="unknown">Off</Badge>
            <Button onClick={() => setOpen("add")}>Set up</Button>
          </>
        )
      }
    >
      <p className="soft">
        {on
          ? "Signing in asks for a code of your authenticator app as well."
          : "A code of an authenticator app as well as the password: a password alone then lets nobody in."}
      </p>
      {open === "add" ? <Enrol onClose={close} /> : null}
      {open === "remove" ? (
        <AskPassword
          title="Remove the second factor?"
          confirm="Remove second factor"
          danger
          onClose={close}
          work={async (password) => {
            await sendJson("DELETE", `${PROFILE}/totp`, { password });
            await ask();
            close();
            toast("Signing in asks for the password alone.");
          }}
        >
          The recovery codes go as well.
        </AskPassword>
      ) : null}
    </Section>
  );
}
