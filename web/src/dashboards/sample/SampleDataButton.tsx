import { useQueryClient } from "@tanstack/react-query";
import { FlaskConical } from "lucide-react";
import { sampleDashboard, sendSampleData } from "../../api/sampleData";
import { formatCount } from "../../data/format";
import { PROJECT_PARAMETER } from "../../data/project";
import { useMay } from "../../queries/account";
import { useSession } from "../../queries/session";
import { Button, toast, useAction } from "../../ui";

/** Where those who may not make dashboards see the samples. */
const QUESTION = "sum by (status) (rate(sample_http_requests_total[1m]))";

/** Has the server take samples of a made-up shop, and shows them; nothing for those who may not. */
export function SampleDataButton({ small = false }: { small?: boolean }) {
  const { location } = useSession();
  const may = useMay();
  const client = useQueryClient();
  const mayMake = may("documents:write");
  const { run, busy } = useAction(async () => {
    try {
      const accepted = await sendSampleData();
      const board = mayMake ? await sampleDashboard() : null;
      // what was known of an empty project no longer holds
      await client.invalidateQueries();
      location.go(board === null ? "/explore" : `/d/${board}`, [PROJECT_PARAMETER]);
      if (board === null) location.change({ q: QUESTION, from: "now-1h" }, "replace");
      toast({ status: "ok", text: `${formatCount(accepted)} samples of a made-up shop, labelled job="sample".` });
    } catch (failure) {
      toast({ status: "crit", text: failure instanceof Error ? failure.message : String(failure) });
    }
  });
  if (!may("samples:write")) return null;
  return (
    <Button small={small} icon={FlaskConical} busy={busy} onClick={() => void run()}>
      Send sample data
    </Button>
  );
}
