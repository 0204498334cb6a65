import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Document } from "../../../api/documents";
import { documentVersion, documentVersions, updateDocument } from "../../../api/documents";
import { Button, ConfirmDialog, Notice } from "../../../ui";
import { Moment } from "../../access/Moment";
import { useRefreshRules } from "./keys";
import { readGroup } from "./rule";

interface Props {
  document: Document;
  may: boolean;
  onRestored: () => void;
}

/** What a group was before, and the way back to it. */
export function GroupVersions({ document, may, onRestored }: Props) {
  const refresh = useRefreshRules();
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState<number | null>(null);
  const list = useQuery({
    queryKey: ["rule group versions", document.id, document.version],
    queryFn: ({ signal }) => documentVersions("rule_group", document.id, signal),
    enabled: open,
    staleTime: 0,
  });
  const former = useQuery({
    queryKey: ["rule group version", document.id, chosen],
    queryFn: ({ signal }) => documentVersion("rule_group", document.id, chosen ?? 0, signal),
    enabled: chosen !== null,
  });
  const older = (list.data ?? []).filter((one) => one.version !== document.version);
  const names = (readGroup(former.data?.spec).rules ?? []).map((rule) => rule.alert ?? rule.record ?? "");
  const restore = async (): Promise<void> => {
    if (former.data === undefined) throw new Error("That version is not read yet: try again.");
    const { name, spec } = former.data;
    const message = `As in version ${former.data.version}`;
    await updateDocument("rule_group", document.id, document.version, { name, spec, message });
    await refresh();
    onRestored();
  };
  if (!open) {
    return (
      <Button small variant="ghost" className="justify-self-start" onClick={() => setOpen(true)}>
        Older versions
      </Button>
    );
  }
  return (
    <section className="grid gap-2" aria-label="Older versions">
      {list.error === null ? null : <Notice kind="crit">{list.error.message}</Notice>}
      {list.data !== undefined && older.length === 0 ? <p className="muted">There are no older versions.</p> : null}
      <ul className="grid gap-1">
        {older.map(({ version, saved_by, saved_ms, message }) => (
          <li key={version} className="flex flex-wrap items-center gap-2">
            <b className="num">v{version}</b>
            <span className="muted">
              {saved_by} <Moment at_ms={saved_ms} />
            </span>
            {message}
            <span className="spacer" />
            {may ? (
              <Button small aria-label={`Go back to version ${version}`} onClick={() => setChosen(version)}>
                Go back to it
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      <ConfirmDialog
        open={chosen !== null}
        onOpenChange={() => setChosen(null)}
        title={`Go back to version ${chosen ?? ""}?`}
        confirm="Go back"
        onConfirm={restore}
      >
        {former.data === undefined
          ? "Its rules are being read."
          : `It has ${names.length === 0 ? "no rules" : names.join(", ")}. What is there now stays an older version.`}
      </ConfirmDialog>
    </section>
  );
}
