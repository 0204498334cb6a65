import type { ReactNode } from "react";
import { QueryCode } from "../../../../dashboards/editor/QueryCode";
import type { Problem } from "../../../../promql/problems";

interface Props {
  label: string;
  text: string;
  onChange: (text: string) => void;
  help?: ReactNode;
}

const NONE: readonly Problem[] = [];

/** PromQL with completion, below its label. */
export function QueryField({ label, text, onChange, help }: Props) {
  return (
    <div className="field">
      <span className="label" aria-hidden="true">
        {label}
      </span>
      <QueryCode label={label} text={text} problems={NONE} onChange={onChange} />
      {help === undefined ? null : <p className="help-text">{help}</p>}
    </div>
  );
}
