import type { ReactNode } from "react";

export type Status = "ok" | "warn" | "crit" | "info" | "unknown";

interface Props {
  children: ReactNode;
  /** Shape and colour beside the word; without it the badge is a plain fact. */
  status?: Status;
  title?: string;
}

/** A state in a word: shape, colour and text together. */
export function Badge({ children, status, title }: Props) {
  return (
    <span className={`tag${status === undefined ? "" : ` tag--${status}`}`} title={title}>
      {status === undefined ? null : <i className={`st st--${status}`} aria-hidden="true" />}
      {children}
    </span>
  );
}

/** Somebody's initials. */
export function Avatar({ name }: { name: string }) {
  return (
    <span className="avatar" aria-hidden="true">
      {initials(name)}
    </span>
  );
}

/** Two letters: of the first and the last word, or of the one there is. */
export function initials(name: string): string {
  const words = name
    .replace(/@.*$/, "")
    .split(/[\s._-]+/)
    .filter((word) => word !== "");
  const [first = "?"] = words;
  const last = words.at(-1) ?? first;
  const letters = words.length > 1 ? [letter(first, 0), letter(last, 0)] : [letter(first, 0), letter(first, 1)];
  return letters.join("").toUpperCase();
}

const letter = (word: string, at: number): string => Array.from(word)[at] ?? "";
