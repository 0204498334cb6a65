/** Where a login leads afterwards: addresses of this page only, so that a link cannot send people elsewhere. */

// resolved against an origin that cannot be anybody's: whatever leaves it was not relative
const HERE = "http://page.invalid";

/** The address as path and parameters; "/" for what is no address of this page. */
export function ownAddress(address: string | null): string {
  // browsers read a backslash as a slash and drop tabs and line ends: "/\evil" and "/<tab>/evil" are other hosts
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (address?.startsWith("/") !== true || /[\\\u0000-\u001f]/.test(address)) return "/";
  try {
    const url = new URL(address, HERE);
    return url.origin === HERE && !url.pathname.startsWith("//") ? url.pathname + url.search : "/";
  } catch {
    return "/";
  }
}

/** The login page that leads back to where one is now. */
export function loginAddress(path: string, search: string): string {
  const here = ownAddress(path + search);
  return here === "/" ? "/login" : `/login?next=${encodeURIComponent(here)}`;
}
