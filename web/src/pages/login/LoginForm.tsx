import type { SubmitEvent } from "react";
import { useCallback, useEffect, useRef, useState } from "react";
import { SESSION } from "../../api/access";
import { SignedOut, TryLater } from "../../api/errors";
import { sendJson } from "../../api/http";
import { plainMessage } from "../../data/message";
import { useCountdown } from "../access/useCountdown";
import { Button, Field, Notice, PasswordInput, TextInput, useAction } from "../../ui";

/** The password first; the code is asked for when the server does. */
export function LoginForm({ onSignedIn }: { onSignedIn: () => Promise<void> }) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [needsCode, setNeedsCode] = useState(false);
  const codeInput = useRef<HTMLDivElement>(null);
  const form = useRef<HTMLFormElement>(null);
  const signIn = useCallback(async () => {
    try {
      await sendJson("POST", SESSION, { name: name.trim(), password, code: code.trim() });
    } catch (error) {
      if (error instanceof SignedOut && error.reason === "second_factor" && !needsCode) {
        setNeedsCode(true);
        return;
      }
      throw error;
    }
    await onSignedIn();
  }, [name, password, code, needsCode, onSignedIn]);
  const { run, busy, error, clear } = useAction(signIn);
  const wait_s = useCountdown(error instanceof TryLater ? error : null, clear);
  useEffect(() => {
    form.current?.querySelector("input")?.focus();
  }, []);
  useEffect(() => {
    if (needsCode) codeInput.current?.querySelector("input")?.focus();
  }, [needsCode]);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (wait_s === 0 && name.trim() !== "" && password !== "") void run();
  };
  const back = (): void => {
    setNeedsCode(false);
    setCode("");
    setPassword("");
    clear();
  };
  return (
    <form ref={form} className="grid gap-4" onSubmit={submit} noValidate>
      {needsCode ? (
        <div ref={codeInput}>
          <Field label="Code" help="Of your authenticator app, or a recovery code." required>
            <TextInput value={code} onChange={setCode} mono autoComplete="one-time-code" autoCapitalize="none" />
          </Field>
        </div>
      ) : (
        <>
          <Field label="Name" required>
            <TextInput value={name} onChange={setName} autoComplete="username" autoCapitalize="none" />
          </Field>
          <Field label="Password" required>
            <PasswordInput value={password} onChange={setPassword} autoComplete="current-password" />
          </Field>
        </>
      )}
      {wait_s > 0 ? (
        <Notice kind="warn">
          Too many attempts. Try again in <span className="num">{wait_s} s</span>.
        </Notice>
      ) : error === null ? null : (
        <Notice kind="crit">{sentence(error.message)}</Notice>
      )}
      <div className="grid gap-2">
        <Button type="submit" variant="primary" busy={busy} disabled={wait_s > 0}>
          {needsCode ? "Confirm" : "Sign in"}
        </Button>
        {needsCode ? (
          <Button variant="ghost" onClick={back}>
            Use another name
          </Button>
        ) : null}
      </div>
    </form>
  );
}

const sentence = (text: string): string => {
  const plain = plainMessage(text);
  return `${plain.charAt(0).toUpperCase()}${plain.slice(1)}${plain.endsWith(".") ? "" : "."}`;
};
