import type { ReactNode } from "react";
import { useId } from "react";
import { Logo } from "./Logo";

interface Props {
  title: string;
  note?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  /** The content reaches the card's edges, as a table does. */
  flush?: boolean;
}

/** A card of a page: heading, a few words, actions, content. */
export function Section({ title, note, actions, children, flush }: Props) {
  const id = useId();
  return (
    <section className="card section" aria-labelledby={id}>
      <header className="section__head">
        <h2 id={id}>{title}</h2>
        {note === undefined ? null : <span className="muted text-[length:var(--fs-xs)]">{note}</span>}
        <span className="spacer" />
        {actions}
      </header>
      <div className={flush === true ? "" : "section__body"}>{children}</div>
    </section>
  );
}

/** The scrolling part of a page below its header; `narrow` for forms. */
export function PageBody({ children, narrow }: { children: ReactNode; narrow?: boolean }) {
  return (
    <main className="page-body">
      <div className={`page-body__column${narrow === true ? " page-body__column--narrow" : ""}`}>{children}</div>
    </main>
  );
}

/** A page that is one card and nothing else: login, set-up, an invitation. */
export function CenterCard({ title, lead, children }: { title: string; lead?: ReactNode; children: ReactNode }) {
  return (
    <main className="center-page">
      <div className="center-page__mark">
        <Logo size={28} />
        <span>Vedette</span>
      </div>
      <section className="card center-page__card">
        <h1>{title}</h1>
        {lead === undefined ? null : <p className="soft mt-1">{lead}</p>}
        <div className="mt-4 grid gap-4">{children}</div>
      </section>
    </main>
  );
}
