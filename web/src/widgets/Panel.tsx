import type { ReactNode } from "react";

interface Props {
  title: string;
  meta?: string | undefined;
  status?: "ok" | "warn" | "crit" | undefined;
  notice?: ReactNode;
  actions?: ReactNode;
  loading?: boolean;
  foot?: ReactNode;
  auto?: boolean;
  children: ReactNode;
}

const WORDS = { ok: "ok", warn: "warning", crit: "critical" };

/** A titled box; the border takes a tint only while something is wrong. */
export function Panel({ title, meta, status, notice, actions, loading, foot, auto, children }: Props) {
  const tint = status === "warn" || status === "crit" ? ` panel--${status}` : "";
  return (
    <section className={`panel${tint}${auto === true ? " panel--auto" : ""}`} aria-label={title}>
      {loading === true ? <i className="loadbar" /> : null}
      <header className="panel__head">
        {status === undefined ? null : <span className={`st st--${status}`} role="img" aria-label={WORDS[status]} />}
        <h3 className="panel__title">{title}</h3>
        {meta === undefined ? null : <span className="panel__meta">{meta}</span>}
        {notice}
        {actions === undefined ? null : <span className="panel__acts">{actions}</span>}
      </header>
      {children}
      {foot === undefined ? null : <div className="panel__foot">{foot}</div>}
    </section>
  );
}
