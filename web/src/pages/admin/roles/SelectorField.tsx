import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useEffect } from "react";
import { prometheus } from "../../../api/client";
import { ApiError } from "../../../api/errors";
import { formatCount } from "../../../data/format";
import { plainMessage } from "../../../data/message";
import { useProject } from "../../../queries/account";
import { Field, TextInput } from "../../../ui";

interface Props {
  value: string;
  onChange: (value: string) => void;
  /** Why it cannot be saved like this; null: it can. */
  onProblem: (problem: string | null) => void;
}

/** More than this is not counted out. */
const COUNTED = 10_000;

/** Asks the server what a selector finds; it is also what says whether it is one. */
async function found(selector: string, signal: AbortSignal): Promise<number> {
  const params = new URLSearchParams({ "match[]": selector, limit: String(COUNTED) });
  return (await prometheus<unknown[]>("series", params, signal)).length;
}

/** Which series are seen, checked while it is typed. */
export function SelectorField({ value, onChange, onProblem }: Props) {
  const project = useProject();
  const wish = useDeferredValue(value.trim());
  const shape = wish === "" || /^\{.*\}$/s.test(wish) ? null : 'Matchers in braces, such as {team="a"}.';
  const { data, error } = useQuery({
    queryKey: ["selector", wish],
    queryFn: ({ signal }) => found(wish, signal),
    enabled: wish !== "" && shape === null,
    retry: false,
    gcTime: 0,
  });
  const wrong = error instanceof ApiError && error.status === 400 ? plainMessage(error.message) : null;
  const problem = shape ?? wrong;
  useEffect(() => onProblem(problem), [problem, onProblem]);
  const help =
    wish === ""
      ? 'Empty: every series. {team="a"} narrows every query, label list and live stream to that.'
      : data === undefined
        ? "Checking"
        : `Selects ${data === COUNTED ? "at least " : ""}${formatCount(data)} series of project ${project} now.`;
  return (
    <Field label="Sees only" help={help} error={problem} optional>
      <TextInput value={value} onChange={onChange} mono autoCapitalize="none" placeholder={'{team="a"}'} />
    </Field>
  );
}
