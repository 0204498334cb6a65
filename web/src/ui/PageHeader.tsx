import { ChevronRight } from "lucide-react";
import type { MouseEvent, ReactNode } from "react";
import { Fragment, useEffect } from "react";
import { isPlainClick } from "./Menu";

export interface Crumb {
  label: string;
  href: string;
  go: () => void;
}

interface Props {
  title: string;
  /** The way to here, from the top. */
  crumbs?: readonly Crumb[];
  /** Beside the title: a badge, "draft kept". */
  status?: ReactNode;
  /** Right: state, range, refresh, actions. */
  children?: ReactNode;
}

/** The bar on top of a page: where you are left, what you can do right; names the browser's tab. */
export function PageHeader({ title, crumbs = [], status, children }: Props) {
  useEffect(() => {
    document.title = `${title} - Vedette`;
  }, [title]);
  return (
    <header className="topbar">
      {crumbs.length === 0 ? null : (
        <nav className="crumbs" aria-label="Breadcrumb">
          {crumbs.map((crumb) => (
            <Fragment key={crumb.href}>
              <a href={crumb.href} onClick={(event) => follow(event, crumb.go)}>
                {crumb.label}
              </a>
              <ChevronRight className="icon icon--xs" aria-hidden />
            </Fragment>
          ))}
        </nav>
      )}
      <h1>{title}</h1>
      {status}
      <span className="spacer" />
      {children}
    </header>
  );
}

/** Goes there within the page on a plain click, leaves every other click to the browser. */
export function follow(event: MouseEvent, go: () => void): void {
  if (!isPlainClick(event)) return;
  event.preventDefault();
  go();
}
