import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { createShare, listShares } from "../../api/sharing";
import { describeRange } from "../../data/timeRange";
import { useSession } from "../../queries/session";
import type { Time } from "../../queries/useTime";
import { CopyOnce, Notice, useAction } from "../../ui";
import { useDashboard } from "../store";
import { ALL_WIDTHS } from "./freeze";
import { embedCode, publicLink } from "./link";
import { LeftOut } from "./LeftOut";
import type { ShareChoices } from "./ShareForm";
import { DAY_MS, ShareForm } from "./ShareForm";
import { useFreeze } from "./useFreeze";

export const SHARES_KEY = ["shares"];

interface Props {
  time: Time;
  /** The widget that is meant at first; empty: all of them. */
  only: string;
  /** A link to a page, or the code that shows it in a frame of another page. */
  as: "page" | "frame";
  close: () => void;
}

/** A link for people who do not sign in. */
export function PublicTab({ time, only, as, close }: Props) {
  const { clock } = useSession();
  const client = useQueryClient();
  const name = useDashboard((state) => state.draft.name);
  const freeze = useFreeze(time);
  const [choices, setChoices] = useState<ShareChoices>({
    title: name,
    only,
    live: time.moving,
    lifetime_ms: 7 * DAY_MS,
    marks: true,
    zoom: true,
  });
  const [made, setMade] = useState<{ token: string; left: readonly string[] } | null>(null);
  const there = useQuery({ queryKey: SHARES_KEY, queryFn: ({ signal }) => listShares(signal) });
  const action = useAction(
    useCallback(async () => {
      const { body, left } = await freeze({ ...choices, live: choices.live && time.moving, widths: ALL_WIDTHS });
      const { token } = await createShare(body);
      setMade({ token, left });
      await client.invalidateQueries({ queryKey: SHARES_KEY });
    }, [freeze, choices, time.moving, client]),
  );
  if (made !== null) {
    const { origin } = location;
    const secret = as === "page" ? publicLink(origin, made.token) : embedCode(origin, made.token, choices.title);
    return (
      <div className="grid gap-4">
        <LeftOut left={made.left} />
        <CopyOnce label={as === "page" ? "Public link" : "Code for a page"} secret={secret} onDone={close} />
      </div>
    );
  }
  if (there.data?.public_links === false) {
    return (
      <Notice kind="info">
        This server shows nothing without signing in: its setting sharing.public_links is off.
      </Notice>
    );
  }
  const frames = there.data?.frame_ancestors;
  return (
    <div className="grid gap-4">
      <p className="soft">
        Whoever has the {as === "page" ? "link" : "code"} sees this, without signing in: only these questions, only this
        time, with the values that are chosen now and your own rights. You can end it at any time.
      </p>
      {as === "frame" && frames?.length === 0 ? (
        <Notice kind="warn">
          No page may show it in a frame yet: name its origin in the setting sharing.frame_ancestors.
        </Notice>
      ) : null}
      {as === "frame" && frames !== undefined && frames.length > 0 ? (
        <p className="muted">May be shown by {frames.join(", ")}.</p>
      ) : null}
      <ShareForm
        value={choices}
        onChange={setChoices}
        moving={time.moving}
        range={describeRange(time.range, clock.now(), time.zone)}
        submit={as === "page" ? "Make the link" : "Make the code"}
        action={action}
      />
    </div>
  );
}
