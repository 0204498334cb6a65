import { useCallback, useState } from "react";
import type { Document, DocumentHead } from "../../../api/documents";
import type { Rule } from "../../../api/rules";
import { useSession } from "../../../queries/session";
import { Missing, Problem } from "../../access/Problem";
import { useMay } from "../../../queries/account";
import { useGroup, useGroupHeads, useLiveGroups } from "./keys";
import { RuleEditor } from "./RuleEditor";
import { placeOf, readGroup } from "./rule";
import type { LiveGroup } from "../../../api/rules";
import { asked, copyStart, findLive, freshName, newStart, readNamed } from "./start";
import { USUAL_MS, editAddress } from "./list";

/** What stands for a rule that is not made yet: a copy of another, or what the address says. */
function useModel(params: URLSearchParams): { rule: Rule | null; error: Error | null; retry: () => void } {
  const copies = params.get("doc") ?? "";
  const file = params.get("file");
  const live = useLiveGroups();
  const document = useGroup(copies === "" ? null : copies);
  const [id] = useState(freshName);
  const [first, setFirst] = useState<Rule | null>(null);
  if (first !== null) return { rule: first, error: null, retry: () => undefined };
  const found =
    copies !== ""
      ? copied(document.data?.spec, params, id)
      : file !== null
        ? ofFile(live.data?.groups, params, id)
        : asked(params, id);
  // what is asked again and again must not change what is being written
  if (found !== null) setFirst(found);
  const source = copies !== "" ? document : live;
  return { rule: found, error: source.error, retry: () => void source.refetch() };
}

function copied(spec: unknown, params: URLSearchParams, id: string): Rule | null {
  const group = readGroup(spec);
  const { rule, at } = readNamed(params);
  const model = group.rules?.[placeOf(group, rule, at)];
  return model === undefined ? null : copyStart(model, {}, id);
}

function ofFile(groups: readonly LiveGroup[] | undefined, params: URLSearchParams, id: string): Rule | null {
  const found = findLive(groups ?? [], params);
  return found === null ? null : copyStart(found.rule, found.group.source.labels, id);
}

/** The editor of a rule that is not there yet. */
export function NewRule() {
  const { location } = useSession();
  const may = useMay();
  const [params] = useState(() => location.params);
  const heads = useGroupHeads();
  const model = useModel(params);
  const error = heads.error ?? model.error;
  if (!may("documents:write")) return <Missing permission="documents:write" />;
  if (error !== null)
    return (
      <Problem
        error={error}
        retry={() => {
          void heads.refetch();
          model.retry();
        }}
      />
    );
  if (heads.data === undefined || model.rule === null) return <p className="muted">Loading</p>;
  return <Prepared rule={model.rule} heads={heads.data} group={params.get("into") ?? params.get("doc") ?? ""} />;
}

/** The group is chosen once: another list of groups does not change it. */
function Prepared({ rule, heads, group }: { rule: Rule; heads: readonly DocumentHead[]; group: string }) {
  const { location } = useSession();
  const [start] = useState(() => newStart(rule, group, heads));
  const onSaved = useCallback(
    (document: Document, id: string) => location.open(editAddress(document.id, id), "replace"),
    [location],
  );
  return (
    <RuleEditor
      start={start}
      group={null}
      groupName=""
      usual_ms={USUAL_MS}
      onSaved={onSaved}
      reload={() => undefined}
    />
  );
}
