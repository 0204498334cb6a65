import { useQuery } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import type { ContactType } from "../../../api/contacts";
import { contactTypes } from "../../../api/contacts";
import type { Document } from "../../../api/documents";
import { deleteDocument } from "../../../api/documents";
import { useMay } from "../../../queries/account";
import { useSession } from "../../../queries/session";
import { Button, ConfirmDialog, Section, toast } from "../../../ui";
import { Problem } from "../../access/Problem";
import { useAskAgainFor, useKept, useOneKept } from "../kept/useKept";
import { receiversOf } from "../routes/route";
import { ContactForm } from "./ContactForm";
import { ContactTable, DASHBOARD } from "./ContactTable";
import { namedBy } from "./contact";

/** Whom notifications reach, and how. */
export function ContactsPage({ item }: { item: string | null }) {
  const { location } = useSession();
  const askAgainFor = useAskAgainFor();
  const mayChange = useMay()("documents:write");
  const types = useQuery({ queryKey: ["contact types"], queryFn: ({ signal }) => contactTypes(signal) });
  const points = useKept("contact_point");
  const uses = useUses();
  const [gone, setGone] = useState<Document | null>(null);
  const open = useCallback((to: string): void => location.go(`/alerts/contacts${to}`, ["project"]), [location]);
  const openRow = (id: string | null): void => {
    open(`/${id === null ? "new" : encodeURIComponent(id)}`);
    if (id === null) location.change({ name: DASHBOARD }, "replace");
  };
  const saved = useCallback(() => askAgainFor("contact_point"), [askAgainFor]);
  const remove = async (): Promise<void> => {
    if (gone === null) return;
    await deleteDocument("contact_point", gone.id, gone.version);
    await saved();
    toast(`Contact point ${gone.name} is deleted.`);
  };
  const error = types.error ?? points.error;
  if (error !== null) {
    const retry = (): void => {
      void types.refetch();
      void points.refetch();
    };
    return <Problem error={error} retry={retry} />;
  }
  const form = { types: types.data ?? [], mayChange, close: () => open(""), saved };
  if (item === "new") {
    const own = location.params.get("name") === DASHBOARD ? { first: { name: DASHBOARD, type: "in_dashboard" } } : {};
    return types.data === undefined ? null : <ContactForm {...form} {...own} kept={null} used={0} />;
  }
  if (item !== null) return types.data === undefined ? null : <OpenContact id={item} uses={uses} {...form} />;
  return (
    <Section
      title="Contact points"
      note="whom notifications reach, and how"
      actions={
        mayChange ? (
          <Button variant="primary" onClick={() => open("/new")}>
            New contact point
          </Button>
        ) : null
      }
      flush
    >
      <ContactTable
        points={points.data}
        types={types.data ?? []}
        uses={uses}
        onOpen={openRow}
        onDelete={mayChange ? setGone : null}
      />
      <ConfirmDialog
        open={gone !== null}
        onOpenChange={() => setGone(null)}
        title={`Delete contact point ${gone?.name ?? ""}?`}
        confirm="Delete contact point"
        danger
        onConfirm={remove}
      >
        {gone !== null && uses(gone.name) > 0
          ? "It is named by routes, escalations or schedules: what they send there rings the bell of the page instead."
          : "Nothing names it."}
      </ConfirmDialog>
    </Section>
  );
}

/** How often routes, escalations and schedules name a contact point. */
function useUses(): (name: string) => number {
  const routes = useKept("alert_route").data ?? [];
  const others = [...(useKept("escalation").data ?? []), ...(useKept("on_call_schedule").data ?? [])];
  const named = [...routes.flatMap(({ spec }) => receiversOf(spec)), ...others.flatMap(({ spec }) => namedBy(spec))];
  return (name) => named.filter((one) => one === name).length;
}

interface OpenProps {
  id: string;
  uses: (name: string) => number;
  types: readonly ContactType[];
  mayChange: boolean;
  close: () => void;
  saved: () => unknown;
}

function OpenContact({ id, uses, ...form }: OpenProps) {
  const { data, error, refetch } = useOneKept("contact_point", id);
  if (data !== undefined) return <ContactForm key={data.version} kept={data} used={uses(data.name)} {...form} />;
  return error === null ? null : <Problem error={error} retry={() => void refetch()} />;
}
