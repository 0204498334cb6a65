import { Shapes } from "lucide-react";
import { usePluginShelf } from "./shelf";

/** In the place of a widget whose plugin is not to be had here: why that is. */
export function MissingPlugin({ name }: { name: string }) {
  const { known, refused } = usePluginShelf();
  if (!known) return null;
  const reason = refused.find((one) => one.name === name)?.error;
  return (
    <div className="state" role="alert">
      <Shapes className="icon" aria-hidden />
      <b className="[overflow-wrap:anywhere]">
        {reason === undefined ? `The plugin ${name} is missing` : `The plugin ${name} is refused`}
      </b>
      <span className="[overflow-wrap:anywhere]">
        {reason ?? "Somebody who runs this server has to install it. What the widget asks for is kept."}
      </span>
    </div>
  );
}
