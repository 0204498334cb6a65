import { useCallback, useState } from "react";
import { acknowledge } from "../../../api/alerts";
import { useSession } from "../../../queries/session";
import { Button, Dialog, Field, Notice, Segmented, TextArea, toast, useAction } from "../../../ui";
import type { Alert } from "./alerts";
import { useRefreshAlerts } from "./useAlerts";

const HOUR_MS = 3_600_000;
const LENGTHS = [
  { value: "0", label: "It is over" },
  { value: String(HOUR_MS), label: "1 h" },
  { value: String(4 * HOUR_MS), label: "4 h" },
  { value: String(24 * HOUR_MS), label: "1 day" },
] as const;
const AT_ONCE = 4;

/** Does something for each, a few at a time; the first failure is told once all are done. */
async function each<T>(them: readonly T[], work: (one: T) => Promise<unknown>): Promise<void> {
  const left = [...them];
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (let one = left.shift(); one !== undefined; one = left.shift())
      await work(one).catch((e: unknown) => failures.push(e));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  if (failures.length > 0) throw failures[0];
}

interface Props {
  alerts: readonly Alert[];
  close: () => void;
  done: () => void;
}

/** Somebody takes care: who else is told no more, and why. */
export function AcknowledgeDialog({ alerts, close, done }: Props) {
  const { clock } = useSession();
  const refresh = useRefreshAlerts();
  const [note, setNote] = useState("");
  const [length, setLength] = useState<(typeof LENGTHS)[number]["value"]>("0");
  const save = useCallback(async () => {
    const until_ms = length === "0" ? 0 : Math.round(clock.now() + Number(length));
    try {
      await each(alerts, ({ told }) =>
        told === null ? Promise.resolve() : acknowledge(told.fingerprint, note.trim(), until_ms),
      );
    } finally {
      await refresh();
    }
  }, [alerts, note, length, clock, refresh]);
  const { run, busy, error } = useAction(save);
  const submit = async (): Promise<void> => {
    if (!(await run())) return;
    toast({ text: alerts.length === 1 ? "Acknowledged." : `${alerts.length} alerts acknowledged.`, status: "ok" });
    done();
  };
  const [first] = alerts;
  return (
    <Dialog
      open
      onOpenChange={close}
      title={alerts.length === 1 ? `Acknowledge ${first?.name ?? ""}` : `Acknowledge ${alerts.length} alerts`}
      description="Everybody sees that you take care of it. Repetitions and escalation stop meanwhile."
      onSubmit={() => void submit()}
      actions={
        <Button type="submit" variant="primary" busy={busy}>
          Acknowledge
        </Button>
      }
    >
      {error === null ? null : <Notice kind="crit">{error.message}</Notice>}
      <Field label="Note" optional help="What you know already, or where you work on it.">
        <TextArea rows={3} value={note} onChange={setNote} maxLength={2000} />
      </Field>
      <Segmented label="Until" fill value={length} choices={LENGTHS} onChange={setLength} />
    </Dialog>
  );
}
