import { useMemo } from "react";
import { useWho } from "../../../queries/account";
import { useSession } from "../../../queries/session";
import { Button, Dialog } from "../../../ui";
import { Problem } from "../../access/Problem";
import { useOneKept } from "../kept/useKept";
import { readMatch } from "../matchers/condition";
import { SilenceForm } from "./SilenceForm";
import { newSilence, silenceOf, wholeSecond } from "./silence";

interface Props {
  /** `new`, or the id of one. */
  item: string;
  close: () => void;
  saved: () => unknown;
}

/** The form that the address names: of a silence that is there, of a new one, or of one like another. */
export function OpenSilence({ item, close, saved }: Props) {
  const { clock, location } = useSession();
  const who = useWho();
  const like = item === "new" ? location.params.get("like") : null;
  const { data, error, refetch } = useOneKept("silence", item === "new" ? like : item);
  const first = useMemo(() => {
    const now_ms = clock.now();
    if (item !== "new") return silenceOf(data?.spec);
    const matches = location.params.getAll("match").map(readMatch);
    const fresh = newSilence(
      matches.filter((one) => one !== null),
      now_ms,
      who.user?.name ?? "",
    );
    if (data === undefined) return fresh;
    const { matchers, comment, recurring, starts_ms, ends_ms } = silenceOf(data.spec);
    // as long as the other one was, from now on
    const length_ms = Math.max(ends_ms - starts_ms, 60_000);
    return { ...fresh, matchers, comment, recurring, ends_ms: wholeSecond(now_ms + length_ms) };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- what somebody is editing must not change below their fingers
  }, [item, data?.id]);
  const isWaiting = data === undefined && (item !== "new" || like !== null);
  if (!isWaiting) {
    const kept = item === "new" ? null : (data ?? null);
    return <SilenceForm key={kept?.version} kept={kept} first={first} close={close} saved={saved} />;
  }
  if (error === null) return null;
  return (
    <Dialog open onOpenChange={close} title="Silence" actions={<Button onClick={close}>Close</Button>}>
      <Problem error={error} retry={() => void refetch()} />
    </Dialog>
  );
}
