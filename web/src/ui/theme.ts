/** Theme and density of the document. */

export type ThemeChoice = "system" | "light" | "dark";
export type Density = "comfortable" | "compact";

const dark = (): MediaQueryList => matchMedia("(prefers-color-scheme: dark)");

export function applyTheme(choice: ThemeChoice): void {
  const theme = choice === "system" ? (dark().matches ? "dark" : "light") : choice;
  document.documentElement.dataset["theme"] = theme;
}

export function applyDensity(density: Density): void {
  document.documentElement.dataset["density"] = density;
}

/** Calls back when the document's theme or density changed, or the system's while that is followed. */
export function watchTheme(choice: () => ThemeChoice, changed: () => void): () => void {
  const media = dark();
  const onMedia = (): void => {
    if (choice() === "system") applyTheme("system");
  };
  media.addEventListener("change", onMedia);
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributeFilter: ["data-theme", "data-density"] });
  return () => {
    media.removeEventListener("change", onMedia);
    observer.disconnect();
  };
}
