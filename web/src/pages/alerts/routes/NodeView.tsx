import { EllipsisVertical } from "lucide-react";
import type { Route } from "../../../api/routing";
import type { MenuEntry } from "../../../ui";
import { Badge, Button, IconButton, Menu } from "../../../ui";
import { Conditions } from "../matchers/Conditions";
import { conditionsText } from "../matchers/condition";
import type { Path } from "./route";
import { inheritedAt, numberOf, ownWords, placeOf } from "./route";

/** What is done with nodes; null: nothing may be changed. */
interface Edits {
  edit: (path: Path) => void;
  addBelow: (path: Path) => void;
  move: (path: Path, by: -1 | 1) => void;
  remove: (path: Path) => void;
}

interface Props {
  tree: Route;
  node: Route;
  path: Path;
  /** How many stand beside it. */
  beside: number;
  /** Places that the alert of the test goes to. */
  hits: ReadonlySet<string>;
  edits: Edits | null;
}

/** A node with what is below it, in the order in which they are asked. */
export function NodeView({ tree, node, path, beside, hits, edits }: Props) {
  const isRoot = path.length === 0;
  const { matchers = [], receiver = "", routes = [] } = node;
  const words = ownWords(node);
  const name = isRoot ? "the root" : conditionsText(matchers) || "every alert";
  const isHit = hits.has(placeOf(path));
  return (
    <li className="route">
      <div className="route__node" data-hit={isHit ? "" : undefined} role="group" aria-label={name}>
        <div className="min-w-0 flex-1">
          <div className="route__who">
            {isRoot ? null : <span className="muted num">{numberOf(placeOf(path))}</span>}
            {isRoot ? <b>Every alert</b> : <Conditions conditions={matchers} none="every alert" />}
            <span className="muted">to</span>
            {receiver === "" ? (
              <span className="muted">{inheritedAt(tree, path).receiver} (as above)</span>
            ) : (
              <b>{receiver}</b>
            )}
            {isHit ? <Badge status="info">goes here</Badge> : null}
          </div>
          {words.length === 0 ? null : <p className="route__words">{words.join(" · ")}</p>}
        </div>
        {edits === null ? null : <NodeActions path={path} name={name} beside={beside} edits={edits} />}
      </div>
      {routes.length === 0 ? null : (
        <ul className="route__below">
          {routes.map((one, at) => (
            <NodeView
              // routes have no names of their own
              key={at}
              tree={tree}
              node={one}
              path={[...path, at]}
              beside={routes.length}
              hits={hits}
              edits={edits}
            />
          ))}
        </ul>
      )}
    </li>
  );
}

interface ActionsProps {
  path: Path;
  name: string;
  beside: number;
  edits: Edits;
}

function NodeActions({ path, name, beside, edits }: ActionsProps) {
  const at = path.at(-1);
  const entries: MenuEntry[] = [
    { label: "Edit", onSelect: () => edits.edit(path) },
    { label: "Add a route below", onSelect: () => edits.addBelow(path) },
  ];
  if (at !== undefined) {
    entries.push(
      { label: "Ask earlier", onSelect: () => edits.move(path, -1), disabled: at === 0 },
      { label: "Ask later", onSelect: () => edits.move(path, 1), disabled: at === beside - 1 },
      "line",
      { label: "Remove", danger: true, onSelect: () => edits.remove(path) },
    );
  }
  return (
    <span className="flex flex-none items-center gap-1">
      <Button
        small
        variant="ghost"
        className="route__edit"
        aria-label={`Edit ${name}`}
        onClick={() => edits.edit(path)}
      >
        Edit
      </Button>
      <Menu trigger={<IconButton icon={EllipsisVertical} label={`More about ${name}`} />} entries={entries} />
    </span>
  );
}
