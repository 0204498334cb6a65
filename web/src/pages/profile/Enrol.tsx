import { useCallback, useState } from "react";
import type { Enrolment } from "../../api/access";
import { PROFILE } from "../../api/access";
import { sendJson } from "../../api/http";
import { useAskAgain } from "../../queries/account";
import { Button, CopyButton, Dialog, Field, Notice, TextInput, useAction } from "../../ui";
import { AskPassword } from "./AskPassword";
import { RecoveryCodes } from "./RecoveryCodes";

/** Three steps: who sits there, a code of the app, the recovery codes. */
export function Enrol({ onClose }: { onClose: () => void }) {
  const ask = useAskAgain();
  const [enrolment, setEnrolment] = useState<Enrolment | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const begin = useCallback(async (password: string) => {
    setEnrolment((await sendJson<Enrolment>("POST", `${PROFILE}/totp`, { password })).data);
  }, []);
  if (codes !== null) {
    return (
      <RecoveryCodes
        codes={codes}
        onDone={() => {
          onClose();
          void ask();
        }}
      />
    );
  }
  if (enrolment === null) {
    return (
      <AskPassword title="Set up a second factor" confirm="Go on" work={begin} onClose={onClose}>
        You need an authenticator app on your phone.
      </AskPassword>
    );
  }
  return <Scan enrolment={enrolment} onCodes={setCodes} onClose={onClose} />;
}

interface ScanProps {
  enrolment: Enrolment;
  onCodes: (codes: readonly string[]) => void;
  onClose: () => void;
}

function Scan({ enrolment, onCodes, onClose }: ScanProps) {
  const [code, setCode] = useState("");
  const digits = code.replace(/\s/g, "");
  const confirm = useCallback(async () => {
    const path = `${PROFILE}/totp/confirm`;
    onCodes((await sendJson<{ recovery_codes: string[] }>("POST", path, { code: digits })).data.recovery_codes);
  }, [digits, onCodes]);
  const { run, busy, error } = useAction(confirm);
  const ready = /^\d{6}$/.test(digits);
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Set up a second factor"
      description="Scan this with your authenticator app, then type the code that it shows."
      onSubmit={() => {
        if (ready) void run();
      }}
      actions={
        <>
          <Button variant="ghost" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" variant="primary" busy={busy} disabled={!ready}>
            Confirm
          </Button>
        </>
      }
    >
      {/* as a picture: markup of the server is never made part of the page */}
      <img
        className="qr"
        src={`data:image/svg+xml,${encodeURIComponent(enrolment.qr_svg)}`}
        alt="QR code for your authenticator app"
      />
      <div className="flex flex-wrap items-center gap-2">
        <span className="help-text">No camera? Type this key:</span>
        <code className="[overflow-wrap:anywhere]">{enrolment.secret.replace(/(.{4})(?=.)/g, "$1 ")}</code>
        <CopyButton text={enrolment.secret} />
      </div>
      <Field label="Code" help="Six digits, new every 30 s." required>
        <TextInput value={code} onChange={setCode} mono inputMode="numeric" autoComplete="one-time-code" />
      </Field>
      {error === null ? null : <Notice kind="crit">{error.message}</Notice>}
    </Dialog>
  );
}
