import { useQuery, useQueryClient } from "@tanstack/react-query";
import { LayoutDashboard, LayoutTemplate, Plus, Star, Trash2, Upload } from "lucide-react";
import { useMemo, useRef, useState, useSyncExternalStore } from "react";
import type { DocumentHead } from "../../api/documents";
import { createNumbered, deleteDocument, listDocuments, undeleteDocument } from "../../api/documents";
import { LIST_KEY } from "../../dashboards/save/keys";
import { formatMoment } from "../../data/timeRange";
import { useMay } from "../../queries/account";
import { useSession } from "../../queries/session";
import { useCommands } from "../../queries/useCommands";
import type { Column } from "../../ui";
import {
  Button,
  ConfirmDialog,
  DataTable,
  EmptyState,
  IconButton,
  Notice,
  PageBody,
  PageHeader,
  Section,
  Select,
  Switch,
  toast,
  useAction,
} from "../../ui";
import { readImport } from "./importJson";
import { stars } from "./stars";
import { TemplatesDialog } from "./TemplatesDialog";

const CARRIED = ["from", "to", "project"] as const;

/** All dashboards of the project. */
export default function DashboardsPage() {
  const { location, zone } = useSession();
  const queries = useQueryClient();
  const may = useMay();
  const mayEdit = may("documents:write");
  const list = useQuery({ queryKey: LIST_KEY, queryFn: ({ signal }) => listDocuments("dashboard", signal) });
  const liked = useSyncExternalStore(stars.watch, stars.read);
  const [tag, setTag] = useState("");
  const [onlyLiked, setOnlyLiked] = useState(false);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [templates, setTemplates] = useState(false);
  const [asking, setAsking] = useState<readonly DocumentHead[] | null>(null);
  const refresh = (): Promise<void> => queries.invalidateQueries({ queryKey: LIST_KEY });
  const open = (id: string): void => location.go(`/d/${id}`, CARRIED);

  const tags = useMemo(() => [...new Set((list.data ?? []).flatMap((one) => one.tags))].sort(), [list.data]);
  const rows = list.data?.filter(
    (one) => (tag === "" || one.tags.includes(tag)) && (!onlyLiked || liked.includes(one.id)),
  );
  const marked = (list.data ?? []).filter((one) => chosen.has(one.id));
  const remove = async (them: readonly DocumentHead[]): Promise<void> => {
    const gone: DocumentHead[] = [];
    try {
      for (const one of them) {
        await deleteDocument("dashboard", one.id, one.version);
        gone.push(one);
      }
    } finally {
      setChosen(new Set());
      await refresh();
      if (gone.length > 0) {
        const what = gone.length === 1 ? `"${gone[0]?.name ?? ""}"` : `${gone.length} dashboards`;
        const undo = async (): Promise<void> => {
          for (const one of gone) await undeleteDocument("dashboard", one.id);
          await refresh();
        };
        toast({ text: `Deleted ${what}.`, action: { label: "Undo", run: () => void undo() } });
      }
    }
  };
  useCommands(
    mayEdit ? [{ id: "dashboards.new", title: "New dashboard", group: "Dashboard", run: () => open("new") }] : [],
  );

  const columns: Column<DocumentHead>[] = [
    { id: "name", head: "Name", cell: (one) => one.name, value: (one) => one.name.toLowerCase() },
    {
      id: "tags",
      head: "Tags",
      cell: (one) => one.tags.map((name) => <Tag key={name} name={name} choose={setTag} />),
      text: (one) => one.tags.join(" "),
    },
    { id: "by", head: "Changed by", cell: (one) => one.updated_by, value: (one) => one.updated_by, wideOnly: true },
    {
      id: "at",
      head: "Changed",
      number: true,
      cell: (one) => formatMoment(one.updated_ms, zone.read(), true, false),
      value: (one) => one.updated_ms,
    },
    {
      id: "star",
      head: "Starred",
      cell: (one) => <StarCell one={one} starred={liked.includes(one.id)} />,
      value: (one) => (liked.includes(one.id) ? 0 : 1),
      text: () => "",
    },
  ];
  const mark = (id: string, on: boolean): void => {
    const next = new Set(chosen);
    if (on) next.add(id);
    else next.delete(id);
    setChosen(next);
  };

  return (
    <>
      <PageHeader title="Dashboards">
        {mayEdit ? <ImportButton done={open} /> : null}
        {mayEdit ? (
          <Button icon={LayoutTemplate} onClick={() => setTemplates(true)}>
            Templates
          </Button>
        ) : null}
        {mayEdit ? (
          <Button variant="primary" icon={Plus} onClick={() => open("new")}>
            New dashboard
          </Button>
        ) : null}
      </PageHeader>
      <PageBody>
        {list.error === null ? null : (
          <Notice
            kind="crit"
            action={
              <Button small onClick={() => void list.refetch()}>
                Try again
              </Button>
            }
          >
            {list.error.message}
          </Notice>
        )}
        <Section title="All dashboards" flush>
          <DataTable
            label="Dashboards"
            columns={columns}
            rows={list.data === undefined ? undefined : rows}
            rowKey={(one) => one.id}
            sort={{ column: "name", down: false }}
            filter="Find a dashboard"
            onOpen={(one) => open(one.id)}
            tools={
              <>
                {tags.length === 0 ? null : (
                  <Select
                    label="Tag"
                    value={tag}
                    options={[{ value: "", label: "All tags" }, ...tags.map((name) => ({ value: name, label: name }))]}
                    onChange={setTag}
                  />
                )}
                <Switch label="Starred only" checked={onlyLiked} onChange={setOnlyLiked} />
                {marked.length === 0 ? null : (
                  <Button variant="danger" icon={Trash2} onClick={() => setAsking(marked)}>
                    Delete {marked.length}
                  </Button>
                )}
              </>
            }
            {...(mayEdit
              ? {
                  actions: (one: DocumentHead) => (
                    <span className="inline-flex items-center gap-2">
                      <input
                        type="checkbox"
                        className="dash-mark"
                        aria-label={`Choose ${one.name}`}
                        checked={chosen.has(one.id)}
                        onChange={(event) => mark(one.id, event.target.checked)}
                      />
                      <IconButton icon={Trash2} label={`Delete ${one.name}`} onClick={() => setAsking([one])} />
                    </span>
                  ),
                }
              : {})}
            empty={
              <Empty
                filtered={tag !== "" || onlyLiked}
                mayEdit={mayEdit}
                make={() => setTemplates(true)}
                all={() => {
                  setTag("");
                  setOnlyLiked(false);
                }}
              />
            }
          />
        </Section>
      </PageBody>
      {templates ? <TemplatesDialog close={() => setTemplates(false)} opened={open} /> : null}
      {asking === null ? null : (
        <ConfirmDialog
          open
          onOpenChange={() => setAsking(null)}
          title={asking.length === 1 ? `Delete ${asking[0]?.name ?? ""}?` : `Delete ${asking.length} dashboards?`}
          confirm={asking.length === 1 ? "Delete dashboard" : "Delete dashboards"}
          danger
          onConfirm={() => remove(asking)}
        >
          They can be brought back for some time.
        </ConfirmDialog>
      )}
    </>
  );
}

function Tag({ name, choose }: { name: string; choose: (name: string) => void }) {
  return (
    <button type="button" className="tag mr-1" title={`Only ${name}`} onClick={() => choose(name)}>
      {name}
    </button>
  );
}

function StarCell({ one, starred }: { one: DocumentHead; starred: boolean }) {
  return (
    <IconButton
      icon={Star}
      label={starred ? `Remove the star of ${one.name}` : `Star ${one.name}`}
      aria-pressed={starred}
      className="star"
      onClick={() => stars.toggle(one.id)}
    />
  );
}

interface EmptyProps {
  filtered: boolean;
  mayEdit: boolean;
  make: () => void;
  all: () => void;
}

function Empty({ filtered, mayEdit, make, all }: EmptyProps) {
  if (filtered) {
    return (
      <EmptyState icon={LayoutDashboard} title="Nothing matches" action={<Button onClick={all}>Show all</Button>}>
        No dashboard has this tag or star.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={LayoutDashboard}
      title="No dashboards yet"
      action={mayEdit ? <Button onClick={make}>Start from a template</Button> : undefined}
    >
      {mayEdit
        ? "Begin with a ready-made one, make one from widgets, or import a file."
        : "Nobody has made one in this project."}
    </EmptyState>
  );
}

function ImportButton({ done }: { done: (id: string) => void }) {
  const queries = useQueryClient();
  const field = useRef<HTMLInputElement>(null);
  const { run, busy } = useAction(async (file: File) => {
    try {
      const content = readImport(await file.text());
      const document = await createNumbered("dashboard", content);
      await queries.invalidateQueries({ queryKey: LIST_KEY });
      done(document.id);
    } catch (failure) {
      toast({ status: "crit", text: `${file.name}: ${failure instanceof Error ? failure.message : String(failure)}` });
    }
  });
  return (
    <>
      <input
        ref={field}
        type="file"
        accept="application/json,.json"
        className="sr-only"
        aria-label="File of a dashboard"
        tabIndex={-1}
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = "";
          if (file !== undefined) void run(file);
        }}
      />
      <Button icon={Upload} busy={busy} onClick={() => field.current?.click()}>
        Import JSON
      </Button>
    </>
  );
}
