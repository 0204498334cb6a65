/** Messages of the server in fewer words. */

/** The server's message without the place it repeats. */
export function plainMessage(message: string): string {
  return message
    .replace(/^invalid parameter "query": /, "")
    .replace(/^\d+:\d+: /, "")
    .replace(/^parse error: /, "");
}
