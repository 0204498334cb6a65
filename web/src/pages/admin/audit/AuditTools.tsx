import { Download, ShieldCheck } from "lucide-react";
import { useCallback, useState } from "react";
import { AUDIT } from "../../../api/access";
import { getJson, request } from "../../../api/http";
import { useMay } from "../../../queries/account";
import { Button, Dialog, Menu, Notice, toast, useAction } from "../../../ui";

interface Verdict {
  intact: boolean;
  problems: string[];
}

/** What is filtered, as a file, and the proof that no line is missing or was changed. */
export function AuditTools({ asked }: { asked: URLSearchParams }) {
  const may = useMay();
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const verify = useCallback(async () => {
    setVerdict((await getJson<Verdict>(`${AUDIT}/verify`)).data);
  }, []);
  const verifying = useAction(verify);
  const save = async (form: string): Promise<void> => {
    const wanted = new URLSearchParams(asked);
    wanted.set("format", form);
    const { text } = await request(`${AUDIT}/export?${wanted.toString()}`);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    link.download = `audit.${form}`;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  const exported = (form: string) => () => {
    save(form).catch((error: unknown) =>
      toast({ text: error instanceof Error ? error.message : String(error), status: "crit" }),
    );
  };
  return (
    <>
      {may("instance:admin") ? (
        <Button icon={ShieldCheck} busy={verifying.busy} onClick={() => void verifying.run()}>
          Verify
        </Button>
      ) : null}
      <Menu
        trigger={<Button icon={Download}>Export</Button>}
        entries={[
          { label: "CSV", note: "for spreadsheets", onSelect: exported("csv") },
          { label: "JSON lines", note: "with hashes", onSelect: exported("jsonl") },
        ]}
      />
      <Dialog
        open={verdict !== null || verifying.error !== null}
        onOpenChange={() => {
          setVerdict(null);
          verifying.clear();
        }}
        title={verdict === null ? "Not verified" : verdict.intact ? "The log is whole" : "The log was changed"}
      >
        {verifying.error !== null ? <Notice kind="crit">{verifying.error.message}</Notice> : null}
        {verdict === null ? null : verdict.intact ? (
          <p className="soft">
            Each line carries a hash of the one before it. All of them fit: none is missing or was changed.
          </p>
        ) : (
          <>
            <Notice kind="crit">Hashes do not fit. Lines are missing or were changed after they were written.</Notice>
            <ul className="grid gap-1">
              {verdict.problems.map((problem) => (
                <li key={problem}>{problem}</li>
              ))}
            </ul>
          </>
        )}
      </Dialog>
    </>
  );
}
