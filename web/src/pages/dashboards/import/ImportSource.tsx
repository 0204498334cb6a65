import { Upload } from "lucide-react";
import { useState } from "react";
import { Button, Field, TextArea } from "../../../ui";

interface Props {
  busy: boolean;
  choose: () => void;
  onFiles: (files: readonly File[]) => void;
  onText: (text: string) => void;
}

/** Where dashboards come from: files that are chosen or dropped, or a text. */
export function ImportSource({ busy, choose, onFiles, onText }: Props) {
  const [pasted, setPasted] = useState("");
  return (
    <>
      <button
        type="button"
        className="import-drop"
        onClick={choose}
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault();
          onFiles([...event.dataTransfer.files]);
        }}
      >
        <Upload className="icon" aria-hidden />
        <b>{busy ? "Reading" : "Choose files, or drop them here"}</b>
      </button>
      <Field label="Or paste JSON">
        <TextArea mono rows={6} value={pasted} onChange={setPasted} spellCheck={false} className="dash-json" />
      </Field>
      <div className="flex justify-end">
        <Button disabled={pasted.trim() === ""} onClick={() => onText(pasted)}>
          Read the text
        </Button>
      </div>
    </>
  );
}
