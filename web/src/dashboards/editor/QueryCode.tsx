import { TextAlignStart } from "lucide-react";
import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError, formatQuery } from "../../api/client";
import { plainMessage } from "../../data/message";
import { EditorView } from "../../promql/EditorView";
import type { Problem } from "../../promql/problems";
import { lineAndColumn } from "../../promql/problems";
import { IconButton, toast } from "../../ui";
import { maskVariables } from "../data/mask";
import { namesIn } from "../data/references";

interface Props {
  label: string;
  text: string;
  /** What is wrong with the text that was asked. */
  problems: readonly Problem[];
  onChange: (text: string) => void;
}

const IDLE_MS = 600;

/** PromQL as code; what is typed holds after a moment, on leaving, and at once with mod+enter. */
export function QueryCode({ label, text, problems, onChange }: Props) {
  const [typed, setTyped] = useState<{ text: string; over: string } | null>(null);
  const [found, setFound] = useState<readonly Problem[]>([]);
  // what is typed was typed over one text: another one, as after an undo, takes its place
  const draft = typed !== null && typed.over === text ? typed.text : text;
  const newest = useRef({ draft, text, onChange });
  useEffect(() => {
    newest.current = { draft, text, onChange };
  });
  const commit = useCallback(() => {
    const { draft: next, text: old, onChange: change } = newest.current;
    if (next !== old) change(next);
  }, []);
  useEffect(() => {
    if (draft === text) return;
    const timer = setTimeout(commit, IDLE_MS);
    return () => clearTimeout(timer);
  }, [draft, text, commit]);
  // closing the editor in the middle of a word loses nothing
  useEffect(() => commit, [commit]);
  const format = async (): Promise<void> => {
    if (namesIn(draft).size > 0) {
      toast("Code with variables is not formatted.");
      return;
    }
    try {
      onChange(await formatQuery(draft));
    } catch (problem) {
      toast(problem instanceof ApiError ? plainMessage(problem.message) : "Formatting failed.");
    }
  };
  const wrong = [...(draft === text ? problems : []), ...found].find((one) => one.severity === "error");
  return (
    <div className="query relative" onBlur={commit}>
      <EditorView
        label={label}
        text={draft}
        problems={draft === text ? problems : NONE}
        plain={maskVariables}
        onChange={(next) => setTyped({ text: next, over: text })}
        onRun={commit}
        onFormat={() => void format()}
        onProblems={setFound}
      />
      <IconButton
        icon={TextAlignStart}
        label="Format"
        keys="shift+alt+f"
        className="absolute! top-1 right-1"
        onClick={() => void format()}
      />
      {wrong === undefined ? null : (
        <div className="query__diag" role="status">
          <span className="num">{lineAndColumn(draft, wrong.from)}</span>
          <span className="min-w-0">{wrong.message}</span>
        </div>
      )}
    </div>
  );
}

const NONE: readonly Problem[] = [];
