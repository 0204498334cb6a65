import { useState } from "react";
import type { Route } from "../../../api/routing";
import { Button, Checkbox, Dialog, Notice } from "../../../ui";
import { ConditionRows } from "../matchers/ConditionRows";
import { Grouping } from "./Grouping";
import { Escalation, Receiver, Timings } from "./NodeChoices";
import type { Inherited } from "./route";
import { nodeProblem } from "./route";

/** Names that a node may use. */
export interface Names {
  contacts: readonly string[];
  timings: readonly string[];
  escalations: readonly string[];
}

interface Props {
  /** What is edited. */
  node: Route;
  title: string;
  isRoot: boolean;
  /** What holds where the node says nothing. */
  above: Inherited;
  names: Names;
  done: (node: Route) => void;
  close: () => void;
}

/** One node of a tree: which alerts it takes, whom it tells, and how often. */
export function NodeForm({ node, title, isRoot, above, names, done, close }: Props) {
  const [route, setRoute] = useState(node);
  const [tried, setTried] = useState(false);
  const change = (more: Partial<Route>): void => setRoute({ ...route, ...more });
  const problem = nodeProblem(route, isRoot);
  const submit = (): void => {
    setTried(true);
    if (problem === null) done(route);
  };
  return (
    <Dialog
      open
      onOpenChange={close}
      title={title}
      wide
      onSubmit={submit}
      actions={
        <>
          <Button variant="ghost" onClick={close}>
            Cancel
          </Button>
          <Button variant="primary" type="submit">
            Take over
          </Button>
        </>
      }
    >
      {isRoot ? null : (
        <ConditionRows
          label="Takes alerts whose"
          help="All conditions must hold. A pattern must match the whole value."
          conditions={route.matchers ?? []}
          onChange={(matchers) => change({ matchers })}
        />
      )}
      <Receiver route={route} isRoot={isRoot} above={above} contacts={names.contacts} change={change} />
      <Grouping route={route} above={above} change={change} />
      {isRoot ? null : <Timings route={route} timings={names.timings} change={change} />}
      <Escalation route={route} above={above} escalations={names.escalations} change={change} />
      {isRoot ? null : (
        <Checkbox
          label="Ask the routes after this one, too"
          help="Otherwise an alert that it takes goes nowhere else."
          checked={route.continue === true}
          onChange={(goesOn) => change({ continue: goesOn })}
        />
      )}
      {tried && problem !== null ? <Notice kind="crit">{problem}</Notice> : null}
    </Dialog>
  );
}
