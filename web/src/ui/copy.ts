import { toast } from "./Toast";

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
