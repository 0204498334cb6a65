import { useState } from "react";
import type { Document } from "../../../api/documents";
import type { Route } from "../../../api/routing";
import { Badge, Button, Notice, Section } from "../../../ui";
import { Clashing } from "../kept/Clashing";
import { useKeep } from "../kept/useKeep";
import type { Names } from "./NodeForm";
import { NodeForm } from "./NodeForm";
import { NodeView } from "./NodeView";
import type { Path } from "./route";
import { added, inheritedAt, moved, nodeAt, removed, replaced, routeOf, specOf } from "./route";

interface Props {
  kept: Document;
  /** The tree as it is edited; null: as it is kept. */
  draft: Route | null;
  setDraft: (draft: Route | null) => void;
  names: Names;
  hits: ReadonlySet<string>;
  mayChange: boolean;
  saved: () => unknown;
  remove: () => void;
}

type Open = { path: Path; isNew: boolean } | null;
const NEW_NODE: Route = { matchers: [{ label: "severity", op: "=", value: "" }] };

/** A tree of routes: shown, changed node by node, and kept when all of it is as wanted. */
export function TreeSection({ kept, draft, setDraft, names, hits, mayChange, saved, remove }: Props) {
  const [open, setOpen] = useState<Open>(null);
  const tree = draft ?? routeOf(kept.spec);
  const done = async (): Promise<void> => {
    await saved();
    setDraft(null);
  };
  const keep = useKeep("alert_route", kept, done);
  const { save, busy, error, clash } = keep;
  const content = { name: kept.name, spec: specOf(tree) };
  const edits = {
    edit: (path: Path) => setOpen({ path, isNew: false }),
    addBelow: (path: Path) => setOpen({ path, isNew: true }),
    move: (path: Path, by: -1 | 1) => setDraft(moved(tree, path, by)),
    remove: (path: Path) => setDraft(removed(tree, path)),
  };
  const take = (node: Route): void => {
    if (open !== null) setDraft(open.isNew ? added(tree, open.path, node) : replaced(tree, open.path, node));
    setOpen(null);
  };
  const actions = (
    <>
      {draft === null ? null : <Badge status="warn">Not saved</Badge>}
      {draft === null ? (
        <Button variant="ghost" aria-label={`Delete tree ${kept.name}`} onClick={remove}>
          Delete
        </Button>
      ) : (
        <>
          <Button variant="ghost" onClick={() => setDraft(null)}>
            Discard
          </Button>
          <Button variant="primary" busy={busy} onClick={() => void save(content)}>
            Save
          </Button>
        </>
      )}
    </>
  );
  return (
    <Section
      title={kept.name}
      note="the deepest route that takes an alert tells of it"
      {...(mayChange && clash === null ? { actions } : {})}
    >
      <Clashing keep={keep} content={content} reload={() => void done()}>
        <ul>
          <NodeView tree={tree} node={tree} path={[]} beside={1} hits={hits} edits={mayChange ? edits : null} />
        </ul>
      </Clashing>
      {error === null ? null : <Notice kind="crit">{error.message}</Notice>}
      {open === null ? null : (
        <OpenNode open={open} tree={tree} names={names} take={take} close={() => setOpen(null)} />
      )}
    </Section>
  );
}

interface OpenProps {
  open: NonNullable<Open>;
  tree: Route;
  names: Names;
  take: (node: Route) => void;
  close: () => void;
}

function OpenNode({ open: { path, isNew }, tree, names, take, close }: OpenProps) {
  const isRoot = path.length === 0 && !isNew;
  // a new one has the place behind the last one below
  const above = inheritedAt(tree, isNew ? [...path, 0] : path);
  return (
    <NodeForm
      node={isNew ? NEW_NODE : (nodeAt(tree, path) ?? {})}
      title={isNew ? "New route" : isRoot ? "The root: every alert" : "Route"}
      isRoot={isRoot}
      above={above}
      names={names}
      done={take}
      close={close}
    />
  );
}
