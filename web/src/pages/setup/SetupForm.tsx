import type { SubmitEvent } from "react";
import { useCallback, useEffect, useRef, useState } from "react";
import type { Welcome } from "../../api/access";
import { SignedOut, TryLater } from "../../api/errors";
import { sendJson } from "../../api/http";
import { useAskAgain } from "../../queries/account";
import { useSession } from "../../queries/session";
import { Button, CenterCard, Field, Notice, TextInput, toast, useAction } from "../../ui";
import { NewPassword } from "../access/NewPassword";
import { acceptable } from "../access/passwords";
import { useCountdown } from "../access/useCountdown";
import { dropToken, isForAccount } from "./token";

const NAME = /^[a-z0-9][a-z0-9._@+-]{0,126}$/;

/** Sets a password with a one-time link, and signs in with it. */
export function SetupForm({ token }: { token: string }) {
  const { location } = useSession();
  const ask = useAskAgain();
  const account = isForAccount(token);
  const [name, setName] = useState("admin");
  const [password, setPassword] = useState("");
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    form.current?.querySelector("input")?.focus();
  }, []);
  const set = useCallback(async () => {
    const body = account ? { token, password } : { token, password, name: name.trim().toLowerCase() };
    const { data } = await sendJson<Welcome>("POST", "/api/v1/setup", body);
    dropToken();
    if (data.signed_in) {
      await ask();
      location.open("/", "replace");
    } else {
      toast("The password is set. Sign in with it and your second factor.");
      location.open("/login", "replace");
    }
  }, [account, token, password, name, ask, location]);
  const { run, busy, error, clear } = useAction(set);
  const wait_s = useCountdown(error instanceof TryLater ? error : null, clear);
  const nameProblem =
    account || NAME.test(name.trim().toLowerCase())
      ? null
      : "Letters, digits and . _ @ + -, beginning with a letter or digit.";
  const ready = nameProblem === null && acceptable(password, account ? "" : name) && wait_s === 0;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (ready) void run();
  };
  const ended = error instanceof SignedOut;
  return (
    <CenterCard
      title={account ? "Choose a password" : "Welcome to Vedette"}
      lead={account ? "Your link works once." : "You are the first here, and will administer this server."}
    >
      <form ref={form} className="grid gap-4" onSubmit={submit} noValidate>
        {account ? null : (
          <Field label="Name" help="You sign in with it." error={name === "" ? null : nameProblem} required>
            <TextInput value={name} onChange={setName} autoComplete="username" autoCapitalize="none" />
          </Field>
        )}
        <NewPassword label="Password" value={password} name={account ? "" : name} onChange={setPassword} />
        {wait_s > 0 ? (
          <Notice kind="warn">
            Too many attempts. Try again in <span className="num">{wait_s} s</span>.
          </Notice>
        ) : error === null ? null : (
          <Notice kind="crit">
            {ended
              ? "This link was used, has ended, or is not complete. Ask for a new one; a restart of a new server prints one."
              : error.message}
          </Notice>
        )}
        <Button type="submit" variant="primary" busy={busy} disabled={!ready}>
          {account ? "Set password and sign in" : "Set up and sign in"}
        </Button>
      </form>
    </CenterCard>
  );
}
