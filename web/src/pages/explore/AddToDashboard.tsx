import { useQuery, useQueryClient } from "@tanstack/react-query";
import { LayoutDashboard } from "lucide-react";
import { useState } from "react";
import { createNumbered, getDocument, listDocuments, updateDocument } from "../../api/documents";
import { emptyDashboard, readDashboard, writeDashboard } from "../../dashboards/document";
import { LIST_KEY, documentKey } from "../../dashboards/save/keys";
import { useMay } from "../../queries/account";
import { useSession } from "../../queries/session";
import { Button, Dialog, Field, Notice, Select, TextInput, toast, useAction } from "../../ui";
import type { Explore } from "./useExplore";
import { titleOf, withWidget } from "./toWidget";

const NEW = "new";

/** Keeps what is asked: a widget of a dashboard that is there, or of a new one. */
export function AddToDashboard({ explore }: { explore: Explore }) {
  const [open, setOpen] = useState(false);
  const { queries } = explore.state;
  if (!useMay()("documents:write") || queries.every((one) => one.trim() === "")) return null;
  return (
    <>
      <Button small icon={LayoutDashboard} onClick={() => setOpen(true)}>
        Add to dashboard
      </Button>
      {open ? <AddDialog explore={explore} close={() => setOpen(false)} /> : null}
    </>
  );
}

function AddDialog({ explore, close }: { explore: Explore; close: () => void }) {
  const { state, time } = explore;
  const { location } = useSession();
  const client = useQueryClient();
  const known = useQuery({ queryKey: LIST_KEY, queryFn: ({ signal }) => listDocuments("dashboard", signal) });
  const [to, setTo] = useState(NEW);
  const [name, setName] = useState("");
  const [title, setTitle] = useState(titleOf(state.queries));
  const nameless = to === NEW && name.trim() === "";
  const { run, busy, error } = useAction(async () => {
    const kept = to === NEW ? null : await getDocument("dashboard", to);
    const before =
      kept === null
        ? { ...emptyDashboard(), time: { from: time.range.from, to: time.range.to } }
        : readDashboard(kept.spec);
    const spec = writeDashboard(withWidget(before, title.trim(), state));
    const made =
      kept === null
        ? await createNumbered("dashboard", { name: name.trim(), spec })
        : await updateDocument("dashboard", to, kept.version, {
            name: kept.name,
            spec,
            message: "Added from Explore",
          });
    await Promise.all([LIST_KEY, documentKey(made.id)].map((queryKey) => client.invalidateQueries({ queryKey })));
    toast({ status: "ok", text: `Added to "${made.name}".` });
    close();
    location.go(`/d/${made.id}`, ["project"]);
  });
  return (
    <Dialog
      open
      onOpenChange={close}
      title="Add to dashboard"
      onSubmit={() => {
        if (!nameless) void run();
      }}
      actions={
        <Button type="submit" variant="primary" busy={busy} disabled={nameless}>
          Add
        </Button>
      }
    >
      <Field label="Dashboard">
        <Select
          value={to}
          options={[
            { value: NEW, label: "A new dashboard" },
            ...(known.data ?? []).map((one) => ({ value: one.id, label: one.name })),
          ]}
          onChange={setTo}
        />
      </Field>
      {to === NEW ? (
        <Field label="Name of the new dashboard">
          <TextInput value={name} maxLength={200} onChange={setName} />
        </Field>
      ) : null}
      <Field label="Title of the widget" optional>
        <TextInput value={title} maxLength={200} onChange={setTitle} />
      </Field>
      {error === null ? null : <Notice kind="crit">{error.message}</Notice>}
    </Dialog>
  );
}
