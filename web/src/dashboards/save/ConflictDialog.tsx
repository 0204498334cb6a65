import { useQuery } from "@tanstack/react-query";
import type { Document } from "../../api/documents";
import { documentVersion } from "../../api/documents";
import { formatMoment } from "../../data/timeRange";
import { useSession } from "../../queries/session";
import { Button, Dialog } from "../../ui";
import { differences } from "../diff";
import { useDashboard, useEdit } from "../store";
import { Differences } from "./Differences";
import { MiniLayout } from "./MiniLayout";
import type { Saving } from "./useSave";
import { contentOf, keptOf } from "./useSave";

/** Somebody else saved meanwhile: both versions beside each other, and a choice. */
export function ConflictDialog({ theirs, saving }: { theirs: Document; saving: Saving }) {
  const { zone } = useSession();
  const edit = useEdit();
  const mine = useDashboard((state) => state.draft);
  const kept = useDashboard((state) => state.kept);
  const saved = useDashboard((state) => state.saved);
  const version = kept?.version ?? 0;
  const { id } = theirs;
  // what both are based on, as the server keeps it: the draft may be older than what was opened
  const base = useQuery({
    queryKey: ["version", id, version],
    queryFn: async ({ signal }) => contentOf(await documentVersion("dashboard", id, version, signal)),
  });
  const before = base.data ?? saved;
  const other = contentOf(theirs);
  const [by, at] = [theirs.updated_by, formatMoment(theirs.updated_ms, zone.read(), true, true)];
  const take = (): void => {
    edit.replaced({ content: other, label: `Take version ${theirs.version}` });
    edit.saved({ kept: keptOf(theirs), content: other });
    saving.dismiss();
  };
  const [ours, others] = [differences(before, mine), differences(before, other)];
  return (
    <Dialog
      open
      wide
      onOpenChange={() => saving.dismiss()}
      title="Somebody else saved this dashboard"
      description={`${by} saved version ${theirs.version} on ${at}; your changes are based on version ${version}.`}
      actions={
        <>
          <Button variant="ghost" onClick={() => void saving.saveCopy()} busy={saving.busy}>
            Save mine as a copy
          </Button>
          <Button onClick={take}>Take theirs</Button>
          <Button
            variant="primary"
            busy={saving.busy}
            onClick={() => void saving.save(`instead of version ${theirs.version}`, theirs.version)}
          >
            Keep mine
          </Button>
        </>
      }
    >
      <div className="dash-versus">
        <section aria-label="Theirs">
          <h3>{by} changed</h3>
          <MiniLayout content={other} changes={others.widgets} label={`Version ${theirs.version}`} />
          <Differences difference={others} none="Nothing you would see" />
        </section>
        <section aria-label="Yours">
          <h3>You changed</h3>
          <MiniLayout content={mine} changes={ours.widgets} label="Yours" />
          <Differences difference={ours} none="Nothing" />
        </section>
      </div>
      <p className="muted">
        Keeping yours makes a new version; theirs stays in the list of versions. Taking theirs can be undone.
      </p>
    </Dialog>
  );
}
