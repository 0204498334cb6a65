/** The token of a one-time link: out of the address and the history at once, so that nobody finds it there later. */

let taken = "";

/** The token that the page was opened with; empty without one. */
export function takeToken(): string {
  const found = decodeURIComponent(location.hash.slice(1));
  if (found !== "") {
    taken = found;
    history.replaceState(null, "", location.pathname);
  }
  return taken;
}

/** It works once. */
export function dropToken(): void {
  taken = "";
}

/** A link for somebody who has an account sets a password; any other makes the first administrator. */
export const isForAccount = (token: string): boolean => token.startsWith("link.");
