import { useCallback, useState } from "react";
import type { Route, RouteTest } from "../../../api/routing";
import { testRoute } from "../../../api/routing";
import { resolveMoment } from "../../../data/timeRange";
import { useSession } from "../../../queries/session";
import { Button, Field, Notice, Section, TextArea, TextInput, useAction } from "../../../ui";
import { readLabels } from "../matchers/condition";
import { RouteOutcome } from "./RouteOutcome";
import { specOf } from "./route";

interface Props {
  /** A tree that is edited, by which it is decided; null: those that are kept. */
  draft: { name: string; route: Route } | null;
  /** Tells where the alert goes: the tree, and the places in it. */
  found: (test: RouteTest) => void;
}

const EXAMPLE = 'alertname="DiskFull", severity="high"';

/** Where would an alert with these labels go, now or at another moment. */
export function Tester({ draft, found }: Props) {
  const { clock, zone, location } = useSession();
  const [text, setText] = useState(() => location.params.get("labels") ?? EXAMPLE);
  const [moment, setMoment] = useState("");
  const [test, setTest] = useState<RouteTest | null>(null);
  const labels = readLabels(text);
  const at_ms = moment === "" ? 0 : resolveMoment(moment, clock.now(), zone.read());
  const { run, busy, error } = useAction(
    useCallback(async () => {
      if (labels === null || at_ms === null) return;
      const answer = await testRoute(labels, Math.round(at_ms), draft === null ? null : specOf(draft.route));
      setTest(answer);
      found(answer);
    }, [labels, at_ms, draft, found]),
  );
  return (
    <Section title="Where would this go?" note={draft === null ? "" : `by ${draft.name} as it is edited`}>
      <form
        className="grid gap-3"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        <Field label="Labels of an alert" error={labels === null ? `Written as ${EXAMPLE}` : null}>
          <TextArea value={text} onChange={setText} rows={2} mono autoCapitalize="none" />
        </Field>
        <Field label="At" help="Empty: now." optional>
          <TextInput type="datetime-local" value={moment} onChange={setMoment} />
        </Field>
        <Button type="submit" busy={busy} disabled={labels === null || at_ms === null} className="justify-self-start">
          Find out
        </Button>
      </form>
      <div aria-live="polite" className="grid gap-2">
        {error === null ? null : <Notice kind="crit">{error.message}</Notice>}
        {test === null ? null : <RouteOutcome test={test} />}
      </div>
    </Section>
  );
}
