import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import type { Snapshot } from "../../api/sharing";
import { takeSnapshot } from "../../api/sharing";
import { describeRange } from "../../data/timeRange";
import { useSession } from "../../queries/session";
import type { Time } from "../../queries/useTime";
import { Button, Checkbox, CopyOnce, Notice, useAction } from "../../ui";
import { useDashboard } from "../store";
import { SNAPSHOT_WIDTHS } from "./freeze";
import { LeftOut } from "./LeftOut";
import { publicLink } from "./link";
import type { ShareChoices } from "./ShareForm";
import { DAY_MS, ShareForm } from "./ShareForm";
import { useFreeze } from "./useFreeze";

export const SNAPSHOTS_KEY = ["snapshots"];

interface Made {
  snapshot: Snapshot;
  token: string;
  left: readonly string[];
}

/** The dashboard with the data of this moment, for later. */
export function SnapshotTab({ time, only, close }: { time: Time; only: string; close: () => void }) {
  const { clock, location: address } = useSession();
  const client = useQueryClient();
  const name = useDashboard((state) => state.draft.name);
  const freeze = useFreeze(time);
  const [choices, setChoices] = useState<ShareChoices>({
    title: name,
    only,
    live: false,
    lifetime_ms: 30 * DAY_MS,
    marks: true,
    zoom: false,
  });
  const [open, setOpen] = useState(false);
  const [made, setMade] = useState<Made | null>(null);
  const action = useAction(
    useCallback(async () => {
      const { body, left } = await freeze({ ...choices, live: false, widths: SNAPSHOT_WIDTHS });
      setMade({ ...(await takeSnapshot({ ...body, public: open })), left });
      await client.invalidateQueries({ queryKey: SNAPSHOTS_KEY });
    }, [freeze, choices, open, client]),
  );
  if (made !== null) {
    const show = (): void => {
      close();
      address.open(`/snapshot/${made.snapshot.id}`);
    };
    return (
      <div className="grid gap-4">
        <LeftOut left={made.left} />
        <Notice kind="info" action={<Button onClick={show}>Open it</Button>}>
          The snapshot is taken: {Math.max(1, Math.round(made.snapshot.size_bytes / 1024))} KiB.
        </Notice>
        {made.token === "" ? null : (
          <CopyOnce label="Public link" secret={publicLink(location.origin, made.token)} onDone={close} />
        )}
      </div>
    );
  }
  return (
    <div className="grid gap-4">
      <p className="soft">Keeps what is shown now, with its data, even when the series are gone.</p>
      <ShareForm
        value={choices}
        onChange={setChoices}
        moving={null}
        range={describeRange(time.range, clock.now(), time.zone)}
        submit="Take the snapshot"
        action={action}
      >
        <Checkbox
          label="Open without signing in"
          help="Whoever has the link sees the snapshot. You can close it again."
          checked={open}
          onChange={setOpen}
        />
      </ShareForm>
    </div>
  );
}
