import { useQuery } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import type { Silence } from "../../../api/alerts";
import { previewSilence, silence } from "../../../api/alerts";
import { useProject, useWho } from "../../../queries/account";
import { useSession } from "../../../queries/session";
import {
  Button,
  Checkbox,
  Dialog,
  Field,
  FieldGroup,
  Notice,
  Segmented,
  TextInput,
  toast,
  useAction,
} from "../../../ui";
import { silenceAddress } from "../silences/silence";
import type { Alert } from "./alerts";
import { commonLabels } from "./alerts";
import { useRefreshAlerts } from "./useAlerts";

const HOUR_MS = 3_600_000;
const LENGTHS = [
  { value: "1", label: "1 h" },
  { value: "4", label: "4 h" },
  { value: "24", label: "1 day" },
  { value: "168", label: "1 week" },
] as const;
type Length = (typeof LENGTHS)[number]["value"];

interface Props {
  alerts: readonly Pick<Alert, "name" | "labels">[];
  close: () => void;
  done: () => void;
}

/** Tells nobody about alerts with these labels for a while, and what else that would hide. */
export function SilenceDialog({ alerts, close, done }: Props) {
  const { clock, location } = useSession();
  const project = useProject();
  const who = useWho();
  const refresh = useRefreshAlerts();
  const labels = Object.entries(commonLabels(alerts));
  const [without, setWithout] = useState<readonly string[]>([]);
  const [length, setLength] = useState<Length>("4");
  const [comment, setComment] = useState("");
  const [now_ms] = useState(() => Math.round(clock.now()));
  const matchers = labels
    .filter(([label]) => !without.includes(label))
    .map(([label, value]) => ({ label, op: "=" as const, value }));
  const spec: Silence = { matchers, starts_ms: now_ms, ends_ms: now_ms + Number(length) * HOUR_MS, comment };
  const [first] = alerts;
  const title = alerts.length === 1 ? `Silence ${first?.name ?? ""}` : `Silence ${alerts.length} alerts`;
  const save = useCallback(async () => {
    const kept = { ...spec, comment: comment.trim(), created_by: who.user?.name ?? "" };
    await silence(`${title} ${new Date(now_ms).toISOString().slice(0, 19)}`, kept);
    await refresh();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- made of the values that are named
  }, [without, length, comment, title, now_ms, who, refresh]);
  const { run, busy, error } = useAction(save);
  const submit = async (): Promise<void> => {
    if (!(await run())) return;
    toast({ text: "Silenced.", status: "ok" });
    done();
  };
  return (
    <Dialog
      open
      onOpenChange={close}
      title={title}
      description="Nobody is told about alerts that have all of these labels. They stay in the list."
      onSubmit={() => void submit()}
      actions={
        <>
          <Button variant="ghost" onClick={() => location.open(silenceAddress(matchers, project))}>
            More choices
          </Button>
          <Button type="submit" variant="primary" busy={busy} disabled={matchers.length === 0}>
            Silence
          </Button>
        </>
      }
    >
      {error === null ? null : <Notice kind="crit">{error.message}</Notice>}
      {labels.length === 0 ? (
        <Notice kind="warn">The chosen alerts have no label in common. Silence them one group at a time.</Notice>
      ) : (
        <FieldGroup label="Alerts with">
          {labels.map(([label, value]) => (
            <Checkbox
              key={label}
              label={`${label} = ${value}`}
              checked={!without.includes(label)}
              onChange={(on) => setWithout(on ? without.filter((one) => one !== label) : [...without, label])}
            />
          ))}
        </FieldGroup>
      )}
      <Segmented label="For" fill value={length} choices={LENGTHS} onChange={setLength} />
      <Field label="Why" optional>
        <TextInput value={comment} onChange={setComment} maxLength={500} />
      </Field>
      <Hidden spec={spec} chosen={alerts.length} />
    </Dialog>
  );
}

/** How many alerts it would hide, and a warning where these are more than were chosen. */
function Hidden({ spec, chosen }: { spec: Silence; chosen: number }) {
  const { matchers } = spec;
  const { data, error } = useQuery({
    queryKey: ["silence preview", matchers],
    queryFn: () => previewSilence({ ...spec, comment: "" }),
    enabled: matchers.length > 0,
    placeholderData: (before) => before,
  });
  if (matchers.length === 0) return <Notice kind="warn">Keep at least one label.</Notice>;
  if (error !== null) return <Notice kind="crit">{error.message}</Notice>;
  if (data === undefined) return null;
  const words = data.count === 1 ? "1 alert that fires now" : `${data.count} alerts that fire now`;
  return (
    <Notice kind={data.count > chosen ? "warn" : "info"}>
      Hides {words}, of {data.of}.{data.count > chosen ? " That is more than you chose." : ""}
    </Notice>
  );
}
