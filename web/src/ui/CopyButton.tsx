import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { copyText } from "./copy";

/** Copies a text and shows for a moment that it did. */
export function CopyButton({ text, label = "Copy" }: { text: string; label?: string }) {
  const [done, setDone] = useState(false);
  const onClick = async (): Promise<void> => {
    if (!(await copyText(text))) return;
    setDone(true);
    setTimeout(() => setDone(false), 1500);
  };
  return (
    <button type="button" className="btn btn--sm" onClick={() => void onClick()}>
      {done ? <Check className="icon icon--sm" aria-hidden /> : <Copy className="icon icon--sm" aria-hidden />}
      {done ? "Copied" : label}
    </button>
  );
}
