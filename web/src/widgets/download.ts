/** Hands a text to the person as a file. */

export function download(name: string, type: string, text: string): void {
  downloadBlob(name, new Blob([text], { type }));
}

export function downloadBlob(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // the browser reads it after this task
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Anything that has a form in JSON; its file keeps the name as far as file systems take it. */
export function downloadJson(name: string, content: unknown): void {
  download(name.replace(/[/\\:*?"<>|]/g, "-"), "application/json", JSON.stringify(content, null, 2));
}

/** A title as a file's name. */
export function fileName(title: string, ending: string): string {
  const name = title.replace(/[^\p{L}\p{N}._-]+/gu, "-").replace(/^[-.]+|-+$/g, "");
  return `${name === "" ? "table" : name.slice(0, 80)}.${ending}`;
}
