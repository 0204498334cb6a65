/** What is shown over or instead of the picture of a plugin. */

import { TriangleAlert, Unplug, X } from "lucide-react";
import { Button, IconButton } from "../../ui";
import { LinkedName } from "../LinkedName";
import type { WidgetLink } from "../plugin";

export interface Chosen {
  name: string;
  links: readonly WidgetLink[];
}

export function Failed({ title, message, restart }: { title: string; message: string; restart: () => void }) {
  return (
    <div className="state" role="alert">
      <Unplug className="icon" aria-hidden />
      <b>The plugin {title} failed</b>
      <span className="[overflow-wrap:anywhere]">{message}</span>
      <Button small onClick={restart}>
        Start it again
      </Button>
    </div>
  );
}

export function Problems({ problems }: { problems: readonly string[] }) {
  return (
    <div className="state" role="alert">
      <TriangleAlert className="icon" aria-hidden />
      <b>The options do not fit</b>
      {problems.map((one, at) => (
        <span key={at} className="[overflow-wrap:anywhere]">
          {one}
        </span>
      ))}
    </div>
  );
}

/** The ways on from what was chosen in the picture. */
export function Ways({ chosen: { name, links }, close }: { chosen: Chosen; close: () => void }) {
  return (
    <div className="plugin__ways" role="group" aria-label={`Links of ${name}`}>
      <LinkedName name={links.length === 1 ? (links[0]?.title ?? name) : name} links={links} />
      <IconButton icon={X} label="Close the links" onClick={close} />
    </div>
  );
}

export function Blocked({ blocked }: { blocked: readonly string[] }) {
  return blocked.length === 0 ? null : (
    <p className="plugin__blocked" role="status" title={blocked.join("\n")}>
      Stopped by the sandbox: {blocked.join(", ")}
    </p>
  );
}
