import { Shapes } from "lucide-react";

/** There is data, but not of the kind that this picture is made from. */
export function Needs({ what }: { what: string }) {
  return (
    <div className="state">
      <Shapes className="icon" aria-hidden />
      <b>This needs {what}</b>
    </div>
  );
}
