import { useCallback, useMemo, useState } from "react";
import type { Detector, PrivacyRule } from "../../../api/access";
import { getJson, sendJson } from "../../../api/http";
import { Button, Checkbox, Dialog, Field, Notice, Segmented, Select, TextInput, useAction } from "../../../ui";
import { ClashNotice } from "../../access/ClashNotice";
import { useChange } from "../../access/useChange";
import { DryRunResult } from "./DryRunResult";
import { ACTIONS, NEW_RULE, bodyOf, fieldsOf, withRule } from "./rule";
import { useDryRun } from "./useDryRun";

interface Props {
  /** null: a new one. */
  rule: PrivacyRule | null;
  rules: readonly PrivacyRule[];
  detectors: readonly Detector[];
  path: string;
  onClose: () => void;
  onSaved: () => unknown;
}

/** One rule, with what it would find in what is stored. */
export function RuleForm({ rule, rules, detectors, path, onClose, onSaved }: Props) {
  const [body, setBody] = useState(() => (rule === null ? NEW_RULE : bodyOf(rule)));
  const [kind, setKind] = useState<"detector" | "pattern">(rule?.detector ? "detector" : "pattern");
  const [fields, setFields] = useState(body.fields.join(", "));
  const wanted = useMemo(
    () => ({
      ...body,
      name: body.name.trim(),
      fields: fieldsOf(fields),
      detector: kind === "detector" ? body.detector || (detectors[0]?.name ?? "") : "",
      pattern: kind === "pattern" ? body.pattern : "",
    }),
    [body, fields, kind, detectors],
  );
  const done = useCallback(async () => {
    await onSaved();
    onClose();
  }, [onSaved, onClose]);
  const tag = useCallback(async () => {
    const { data } = await getJson<{ rules: PrivacyRule[] }>(`${path}/rules`);
    return `"${data.rules.find((one) => one.id === rule?.id)?.version ?? 0}"`;
  }, [path, rule?.id]);
  const changing = useChange("PUT", `${path}/rules/${encodeURIComponent(rule?.id ?? "")}`, wanted, done, tag);
  const create = useCallback(async () => {
    await sendJson("POST", `${path}/rules`, wanted);
    await done();
  }, [path, wanted, done]);
  const creating = useAction(create);
  const trial = useDryRun(path);
  const { clash } = changing;
  const error = changing.error ?? creating.error;
  const ready = wanted.name !== "" && (wanted.detector !== "" || wanted.pattern !== "") && clash === null;
  const submit = (): void => {
    if (!ready) return;
    if (rule === null) void creating.run();
    else void changing.save(`"${rule.version}"`);
  };
  const actions = (
    <>
      <Button variant="ghost" onClick={onClose}>
        Cancel
      </Button>
      <Button
        busy={trial.busy}
        disabled={!ready}
        onClick={() => void trial.run(withRule(rules, rule?.id ?? null, { ...wanted, enabled: true }), [])}
      >
        Try it
      </Button>
      <Button type="submit" variant="primary" busy={changing.busy || creating.busy} disabled={!ready}>
        {rule === null ? "Make rule" : "Save rule"}
      </Button>
    </>
  );
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={rule === null ? "New privacy rule" : `Rule ${rule.name}`}
      wide
      onSubmit={submit}
      {...(clash === null ? { actions } : {})}
    >
      {clash === null ? (
        <>
          <Field label="Name" required>
            <TextInput value={body.name} onChange={(name) => setBody({ ...body, name })} maxLength={100} />
          </Field>
          <Segmented
            label="Looks for"
            value={kind}
            choices={[
              { value: "detector", label: "Built-in detector" },
              { value: "pattern", label: "Pattern" },
            ]}
            onChange={setKind}
          />
          {kind === "detector" ? (
            <Field label="Detector" help={detectors.find((one) => one.name === wanted.detector)?.example}>
              <Select
                value={wanted.detector}
                options={detectors.map((one) => ({ value: one.name, label: one.title }))}
                onChange={(detector) => setBody({ ...body, detector })}
              />
            </Field>
          ) : (
            <Field label="Pattern" help="A regular expression in RE2 syntax; what it finds is replaced." required>
              <TextInput
                value={body.pattern}
                onChange={(pattern) => setBody({ ...body, pattern })}
                mono
                autoCapitalize="none"
                maxLength={1000}
              />
            </Field>
          )}
          <Field label="Labels" help="Names, apart by commas; user.* works too. Empty: every label." optional>
            <TextInput value={fields} onChange={setFields} mono autoCapitalize="none" />
          </Field>
          <Field label="Does" help={ACTIONS.find((one) => one.value === body.action)?.help}>
            <Select value={body.action} options={ACTIONS} onChange={(action) => setBody({ ...body, action })} />
          </Field>
          <Checkbox
            label="In force"
            help="From the next new series on."
            checked={body.enabled}
            onChange={(enabled) => setBody({ ...body, enabled })}
          />
          <DryRunResult trial={trial} />
        </>
      ) : (
        <ClashNotice
          clash={clash}
          busy={changing.busy}
          overwrite={() => void changing.overwrite()}
          reload={() => {
            void onSaved();
            onClose();
          }}
        />
      )}
      {error === null ? null : <Notice kind="crit">{error.message}</Notice>}
    </Dialog>
  );
}
