import type { SubmitEvent } from "react";
import { useCallback, useState } from "react";
import { PROFILE } from "../../api/access";
import { TryLater } from "../../api/errors";
import { keepToken, sendJson } from "../../api/http";
import { useAskAgain } from "../../queries/account";
import { Button, Field, Notice, PasswordInput, Section, toast, useAction } from "../../ui";
import { NewPassword } from "../access/NewPassword";
import { acceptable } from "../access/passwords";
import { useCountdown } from "../access/useCountdown";

/** Another password; other browsers are signed out. */
export function PasswordSection({ name }: { name: string }) {
  const ask = useAskAgain();
  const [old, setOld] = useState("");
  const [next, setNext] = useState("");
  const change = useCallback(async () => {
    const { data } = await sendJson<{ csrf: string }>("POST", `${PROFILE}/password`, { old, new: next });
    keepToken(data.csrf);
    setOld("");
    setNext("");
    await ask();
    toast("The password is changed. You are signed out everywhere else.");
  }, [old, next, ask]);
  const { run, busy, error, clear } = useAction(change);
  const wait_s = useCountdown(error instanceof TryLater ? error : null, clear);
  const ready = old !== "" && acceptable(next, name) && wait_s === 0;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (ready) void run();
  };
  return (
    <Section title="Password" note="a change signs you out everywhere else">
      <form className="grid max-w-[400px] gap-3" onSubmit={submit} noValidate>
        {/* for password managers: whose password it is */}
        <input type="text" autoComplete="username" value={name} readOnly hidden />
        <Field label="Present password">
          <PasswordInput autoComplete="current-password" value={old} onChange={setOld} />
        </Field>
        <NewPassword label="New password" value={next} name={name} onChange={setNext} />
        {wait_s > 0 ? (
          <Notice kind="warn">
            Too many attempts. Try again in <span className="num">{wait_s} s</span>.
          </Notice>
        ) : error === null ? null : (
          <Notice kind="crit">{error.message}</Notice>
        )}
        <Button type="submit" className="justify-self-start" busy={busy} disabled={!ready}>
          Change password
        </Button>
      </form>
    </Section>
  );
}
