import type { ReactNode } from "react";

interface Props {
  title: string;
  meta?: string | undefined;
  status?: "ok" | "warn" | "crit" | undefined;
  notice?: ReactNode;
  /** Faded in on hover. */
  actions?: ReactNode;
  /** Always there, at the right end. */
  tools?: ReactNode;
  loading?: boolean;
  foot?: ReactNode;
  auto?: boolean;
  /** Small enough not to be a landmark of its own. */
  plain?: boolean;
  children: ReactNode;
}

const WORDS = { ok: "ok", warn: "warning", crit: "critical" };

/** A titled box; the border takes a tint only while something is wrong. */
export function Panel({ title, meta, status, notice, actions, tools, loading, foot, auto, plain, children }: Props) {
  const tint = status === "warn" || status === "crit" ? ` panel--${status}` : "";
  const Box = plain === true ? "div" : "section";
  return (
    <Box
      className={`panel${tint}${auto === true ? " panel--auto" : ""}`}
      {...(plain === true ? {} : { "aria-label": title })}
    >
      {loading === true ? <i className="loadbar" /> : null}
      <header className="panel__head">
        {status === undefined ? null : <span className={`st st--${status}`} role="img" aria-label={WORDS[status]} />}
        <h2 className="panel__title">{title}</h2>
        {meta === undefined ? null : <span className="panel__meta">{meta}</span>}
        {notice}
        {tools === undefined ? null : <span className="ml-auto flex-none pl-2">{tools}</span>}
        {actions === undefined ? null : <span className="panel__acts">{actions}</span>}
      </header>
      {children}
      {foot === undefined ? null : <div className="panel__foot">{foot}</div>}
    </Box>
  );
}
