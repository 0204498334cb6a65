import { useState } from "react";
import { Segmented, toast } from "../../../ui";
import type { RuleFormProps } from "./RuleForm";
import { RuleForm } from "./RuleForm";
import { RuleYaml } from "./yaml/RuleYaml";

const VIEWS = [
  { value: "form", label: "Form" },
  { value: "yaml", label: "YAML" },
] as const;

/** A rule to be written: by a form, or as files have it. */
export function RuleBody(props: RuleFormProps) {
  const { edit } = props;
  const [view, setView] = useState<"form" | "yaml">("form");
  const choose = (next: "form" | "yaml"): void => {
    if (edit.held) toast({ status: "warn", text: "What is written is no rule yet. Mend it, or discard it." });
    else setView(next);
  };
  const views = <Segmented label="How it is written" small value={view} choices={VIEWS} onChange={choose} />;
  return view === "form" ? (
    <RuleForm key={edit.round} {...props} views={views} />
  ) : (
    <RuleYaml key={edit.round} edit={edit} exists={props.exists} views={views} />
  );
}
