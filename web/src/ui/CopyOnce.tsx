import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { Button } from "./Button";
import { copyText } from "./copy";
import { Field } from "./Field";
import { Notice } from "./Notice";
import { TextInput } from "./TextInput";

interface Props {
  /** What it is: "API key", "Recovery code". */
  label: string;
  secret: string;
  onDone: () => void;
}

/** A secret that is shown this once; leaving without a copy is said to be that. */
export function CopyOnce({ label, secret, onDone }: Props) {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    if (await copyText(secret)) setCopied(true);
  };
  return (
    <div className="grid gap-3">
      <Notice kind="warn">Copy it now. It is stored in a form that cannot be shown again.</Notice>
      <Field label={label}>
        <div className="flex gap-2">
          <TextInput
            value={secret}
            onChange={() => undefined}
            readOnly
            mono
            onFocus={(event) => event.target.select()}
            onCopy={() => setCopied(true)}
          />
          <Button icon={copied ? Check : Copy} onClick={() => void copy()}>
            {copied ? "Copied" : "Copy"}
          </Button>
        </div>
      </Field>
      <span className="sr-only" role="status">
        {copied ? `${label} copied` : ""}
      </span>
      <Button variant={copied ? "primary" : "ghost"} className="justify-self-end" onClick={onDone}>
        {copied ? "Done" : "Close without a copy"}
      </Button>
    </div>
  );
}
