import { Upload } from "lucide-react";
import type { DragEvent, ReactNode } from "react";
import { useState } from "react";

interface Props {
  enabled: boolean;
  onFiles: (files: readonly File[]) => void;
  children: ReactNode;
}

const hasFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes("Files");

/** Files that are dropped anywhere on a page. */
export function DropZone({ enabled, onFiles, children }: Props) {
  const [over, setOver] = useState(false);
  if (!enabled) return children;
  return (
    <div
      className="list-drop"
      data-over={over ? "" : undefined}
      onDragOver={(event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (!(event.relatedTarget instanceof Node) || !event.currentTarget.contains(event.relatedTarget))
          setOver(false);
      }}
      onDrop={(event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        setOver(false);
        onFiles([...event.dataTransfer.files]);
      }}
    >
      {children}
      {over ? (
        <div className="list-drop__here" aria-hidden="true">
          <Upload className="icon" /> Drop files of dashboards here
        </div>
      ) : null}
    </div>
  );
}
