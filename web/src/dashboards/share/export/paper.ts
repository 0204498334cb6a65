/** Printing what is drawn, by the browser's own dialog, which also saves it as PDF. */

/** Paper is white: everything has the light theme until the work is done. */
export async function onWhite(work: () => Promise<void>): Promise<void> {
  const root = document.documentElement;
  const theme = root.dataset["theme"] ?? "light";
  root.dataset["theme"] = "light";
  try {
    await work();
  } finally {
    root.dataset["theme"] = theme;
  }
}

/** Until the dialog is closed. */
export function printed(): Promise<void> {
  return new Promise((done) => {
    window.addEventListener("afterprint", () => done(), { once: true });
    window.print();
  });
}
