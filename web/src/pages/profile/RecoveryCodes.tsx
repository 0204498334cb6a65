import { Copy, Download } from "lucide-react";
import { useState } from "react";
import { Button, Dialog, Notice, copyText } from "../../ui";

const FILE = "vedette-recovery-codes.txt";

/** For when the app is lost; shown this once. */
export function RecoveryCodes({ codes, onDone }: { codes: readonly string[]; onDone: () => void }) {
  const [kept, setKept] = useState(false);
  const text = `Recovery codes of ${location.host}; each works once.\n\n${codes.join("\n")}\n`;
  const download = (): void => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    link.download = FILE;
    link.click();
    URL.revokeObjectURL(link.href);
    setKept(true);
  };
  return (
    <Dialog
      open
      onOpenChange={onDone}
      title="Your recovery codes"
      description="Each lets you in once when you do not have the app."
      actions={
        <Button variant={kept ? "primary" : "ghost"} onClick={onDone}>
          {kept ? "Done" : "Close without a copy"}
        </Button>
      }
    >
      <Notice kind="warn">Keep them now. They cannot be shown again.</Notice>
      <ol className="codes" aria-label="Recovery codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <div className="flex flex-wrap gap-2">
        <Button
          icon={Copy}
          onClick={() => {
            void copyText(text).then((done) => {
              if (done) setKept(true);
            });
          }}
        >
          Copy
        </Button>
        <Button icon={Download} onClick={download}>
          Download
        </Button>
      </div>
    </Dialog>
  );
}
