import { Field, NumberInput, Segmented, Select, TextInput } from "../../ui";
import type { FieldOptions } from "../document";
import { COLOURS, SCALES, UNIT_GROUPS } from "./choices";
import { MappingList } from "./MappingList";
import { StyleForm } from "./StyleForm";
import { ThresholdList } from "./ThresholdList";

interface Props {
  options: FieldOptions;
  /** `field` says what is typed in. */
  onChange: (change: FieldOptions, field: string) => void;
  /** Of an override: only what is set is shown by the list around it. */
  only?: readonly (keyof FieldOptions)[];
}

const NULLS = [
  { value: "gap", label: "Gap" },
  { value: "connect", label: "Connect" },
  { value: "zero", label: "Zero" },
] as const;
const AXES = [
  { value: "left", label: "Left" },
  { value: "right", label: "Right" },
  { value: "hidden", label: "None" },
] as const;

/** How values are read and shown. */
export function FieldForm({ options, onChange, only }: Props) {
  const shows = (name: keyof FieldOptions): boolean => only === undefined || only.includes(name);
  const number = (name: "decimals" | "min" | "max") => (next: number | null) => {
    if (!Number.isNaN(next)) onChange({ [name]: next }, name);
  };
  return (
    <div className="edit-group">
      {shows("name") ? (
        <Field label="Name" help="May hold labels: {{host}}.">
          <TextInput
            value={options.name ?? ""}
            onChange={(name) => onChange({ name: name === "" ? null : name }, "name")}
          />
        </Field>
      ) : null}
      {shows("unit") ? (
        <UnitInput value={options.unit ?? null} onChange={(unit) => onChange({ unit }, "unit")} />
      ) : null}
      <div className="edit-row">
        {shows("decimals") ? (
          <Field label="Decimals">
            <NumberInput
              value={options.decimals ?? null}
              onChange={number("decimals")}
              min={0}
              max={12}
              whole
              placeholder="auto"
            />
          </Field>
        ) : null}
        {shows("min") ? (
          <Field label="Min">
            <NumberInput value={options.min ?? null} onChange={number("min")} placeholder="auto" />
          </Field>
        ) : null}
        {shows("max") ? (
          <Field label="Max">
            <NumberInput value={options.max ?? null} onChange={number("max")} placeholder="auto" />
          </Field>
        ) : null}
      </div>
      {shows("scale") ? (
        <Labelled label="Scale">
          <Segmented
            label="Scale"
            fill
            value={options.scale ?? "linear"}
            choices={SCALES}
            onChange={(scale) => onChange({ scale }, "scale")}
          />
        </Labelled>
      ) : null}
      {shows("nulls") ? (
        <Labelled label="Missing data">
          <Segmented
            label="Missing data"
            fill
            value={options.nulls ?? "gap"}
            choices={NULLS}
            onChange={(nulls) => onChange({ nulls }, "nulls")}
          />
        </Labelled>
      ) : null}
      {shows("axis") ? (
        <Labelled label="Axis">
          <Segmented
            label="Axis"
            fill
            value={options.axis ?? "left"}
            choices={AXES}
            onChange={(axis) => onChange({ axis }, "axis")}
          />
        </Labelled>
      ) : null}
      {shows("color") ? (
        <Field label="Colour">
          <Select
            value={options.color ?? "auto"}
            options={COLOURS}
            onChange={(color) => onChange({ color: color === "auto" ? null : color }, "color")}
          />
        </Field>
      ) : null}
      {shows("style") ? (
        <StyleForm style={options.style ?? {}} onChange={(style) => onChange({ style }, "style")} />
      ) : null}
      {shows("hidden") ? (
        <Labelled label="Series">
          <Segmented
            label="Series"
            fill
            value={options.hidden === true ? "hidden" : "shown"}
            choices={[
              { value: "shown", label: "Shown" },
              { value: "hidden", label: "Hidden" },
            ]}
            onChange={(next) => onChange({ hidden: next === "hidden" }, "hidden")}
          />
        </Labelled>
      ) : null}
      {shows("thresholds") ? (
        <ThresholdList
          thresholds={options.thresholds ?? []}
          onChange={(thresholds) => onChange({ thresholds }, "thresholds")}
        />
      ) : null}
      {shows("mappings") ? (
        <MappingList mappings={options.mappings ?? []} onChange={(mappings) => onChange({ mappings }, "mappings")} />
      ) : null}
    </div>
  );
}

/** A label beside a group of buttons that names itself. */
export function Labelled({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div className="field">
      <span className="label" aria-hidden="true">
        {label}
      </span>
      {children}
    </div>
  );
}

const OWN = "own";

function UnitInput({ value, onChange }: { value: string | null; onChange: (unit: string | null) => void }) {
  const known = UNIT_GROUPS.some((one) => one.value === (value ?? ""));
  return (
    <div className="edit-row">
      <Field label="Unit">
        <Select
          value={known ? (value ?? "") : OWN}
          options={[...UNIT_GROUPS, { value: OWN, label: "Another text" }]}
          onChange={(unit) => onChange(unit === OWN ? " " : unit === "" ? null : unit)}
        />
      </Field>
      {known ? null : (
        <Field label="Put behind">
          <TextInput value={value?.trim() ?? ""} onChange={(text) => onChange(text === "" ? " " : text)} />
        </Field>
      )}
    </div>
  );
}
