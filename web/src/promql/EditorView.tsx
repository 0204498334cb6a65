import { useEffect, useRef } from "react";
import { PromqlEditor } from "./editor";
import type { Problem } from "./problems";

interface Props {
  label: string;
  text: string;
  problems: readonly Problem[];
  onChange: (text: string) => void;
  onRun: () => void;
  onFormat: () => void;
  onProblems: (problems: readonly Problem[]) => void;
  /** Plain PromQL of a text that holds more, place for place; must stay the same function. */
  plain?: (text: string) => string;
}

const nonce = (): string => document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";

/** The one place where React and CodeMirror meet. */
export function EditorView({ label, text, problems, plain, ...events }: Props) {
  const root = useRef<HTMLDivElement>(null);
  const editor = useRef<PromqlEditor | null>(null);
  const newest = useRef(events);
  const first = useRef(text);
  useEffect(() => {
    newest.current = events;
  });
  useEffect(() => {
    if (root.current === null) return;
    const made = new PromqlEditor(
      root.current,
      first.current,
      label,
      nonce(),
      {
        changed: (next) => newest.current.onChange(next),
        run: () => newest.current.onRun(),
        format: () => newest.current.onFormat(),
        problems: (found) => newest.current.onProblems(found),
      },
      plain,
    );
    editor.current = made;
    return () => {
      editor.current = null;
      made.destroy();
    };
  }, [label, plain]);
  useEffect(() => editor.current?.setText(text), [text]);
  useEffect(() => editor.current?.setProblems(problems), [problems]);
  return <div ref={root} className="min-h-9" />;
}
