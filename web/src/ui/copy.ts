import { toast } from "./Toast";

/** What was copied last, here or elsewhere; null, and a word about it, when the browser does not allow reading it. */
export async function pastedText(): Promise<string | null> {
  try {
    return await navigator.clipboard.readText();
  } catch {
    toast("The browser does not allow pasting here. Paste into the time field.");
    return null;
  }
}

/** Copies a text; says so when the browser does not allow it, since then nothing else would tell. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    toast("The browser does not allow copying here. Select the text and copy it by hand.");
    return false;
  }
}
