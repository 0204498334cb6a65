import type { ReactNode } from "react";
import { useEffect } from "react";

/** Where you are on the left, time and state on the right. */
export function TopBar({ title, children }: { title: string; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} - Vedette`;
  }, [title]);
  return (
    <header className="topbar">
      <h1>{title}</h1>
      <span className="spacer" />
      {children}
    </header>
  );
}
