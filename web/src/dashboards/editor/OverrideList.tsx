import { ArrowUp, Plus, Trash2 } from "lucide-react";
import { useId } from "react";
import { Button, Field, IconButton, Menu, Select, TextInput } from "../../ui";
import type { FieldOptions, Override } from "../document";
import { regexProblem } from "../data/options";
import { FieldForm } from "./FieldForm";

interface Props {
  overrides: readonly Override[];
  /** Names and refs of the series that are shown. */
  names: readonly string[];
  refs: readonly string[];
  onChange: (overrides: Override[], field: string) => void;
}

const BY = [
  { value: "name", label: "Name" },
  { value: "regex", label: "Expression" },
  { value: "ref", label: "Query" },
  { value: "label", label: "Label" },
] as const;

const PROPERTIES: readonly { name: keyof FieldOptions; label: string; start: FieldOptions }[] = [
  { name: "name", label: "Name", start: { name: "" } },
  { name: "unit", label: "Unit", start: { unit: "number" } },
  { name: "decimals", label: "Decimals", start: { decimals: 1 } },
  { name: "min", label: "Min", start: { min: 0 } },
  { name: "max", label: "Max", start: { max: 100 } },
  { name: "scale", label: "Scale", start: { scale: "linear" } },
  { name: "nulls", label: "Missing data", start: { nulls: "gap" } },
  { name: "axis", label: "Axis", start: { axis: "right" } },
  { name: "color", label: "Colour", start: { color: "s1" } },
  { name: "hidden", label: "Hidden", start: { hidden: true } },
  { name: "style", label: "Look", start: { style: {} } },
  { name: "thresholds", label: "Thresholds", start: { thresholds: [] } },
  { name: "mappings", label: "Value mappings", start: { mappings: [] } },
];

/** Other options for some of the series; later ones win. */
export function OverrideList({ overrides, names, refs, onChange }: Props) {
  const set = (at: number, change: Partial<Override>, field = ""): void =>
    onChange(
      overrides.map((one, index) => (index === at ? { ...one, ...change } : one)),
      `${at} ${field}`,
    );
  const add = (): void => onChange([...overrides, { by: "name", match: names[0] ?? "", options: {} }], "add");
  return (
    <div className="edit-group">
      {overrides.map((one, at) => (
        // overrides have no name of their own; their order matters
        <OverrideCard
          key={at}
          at={at}
          override={one}
          names={names}
          refs={refs}
          onChange={(change, field) => set(at, change, field)}
          onRemove={() =>
            onChange(
              overrides.filter((_, index) => index !== at),
              "remove",
            )
          }
          onUp={
            at === 0
              ? null
              : () => {
                  const moved = [...overrides];
                  moved.splice(at - 1, 2, one, overrides[at - 1] as Override);
                  onChange(moved, "move");
                }
          }
        />
      ))}
      <Button small variant="ghost" icon={Plus} onClick={add}>
        Add an override
      </Button>
    </div>
  );
}

interface CardProps {
  at: number;
  override: Override;
  names: readonly string[];
  refs: readonly string[];
  onChange: (change: Partial<Override>, field: string) => void;
  onRemove: () => void;
  onUp: (() => void) | null;
}

function OverrideCard({ at, override, names, refs, onChange, onRemove, onUp }: CardProps) {
  const { by, match, options } = override;
  const list = useId();
  const set = PROPERTIES.filter(({ name }) => options[name] !== undefined);
  const unset = PROPERTIES.filter(({ name }) => options[name] === undefined);
  const name = `Override ${at + 1}`;
  const offers = by === "name" ? names : by === "ref" ? refs : [];
  return (
    <div className="edit-card">
      <div className="edit-line">
        <Field label={`${name}: series by`} hideLabel>
          <Select value={by} options={BY} onChange={(next) => onChange({ by: next, match: "" }, "by")} />
        </Field>
        <Field label={`${name}: which`} hideLabel error={by === "regex" ? regexProblem(match) : null}>
          <TextInput
            value={match}
            list={list}
            placeholder={by === "label" ? "label=value" : by}
            onChange={(next) => onChange({ match: next }, "match")}
          />
        </Field>
        <datalist id={list}>
          {offers.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
        {onUp === null ? null : <IconButton icon={ArrowUp} label={`Move override ${at + 1} up`} onClick={onUp} />}
        <IconButton icon={Trash2} label={`Remove override ${at + 1}`} onClick={onRemove} />
      </div>
      <FieldForm
        options={options}
        only={set.map((one) => one.name)}
        onChange={(change, field) => onChange({ options: { ...options, ...change } }, field)}
      />
      <div className="flex flex-wrap gap-1">
        {unset.length === 0 ? null : (
          <Menu
            align="start"
            trigger={
              <Button small variant="ghost" icon={Plus}>
                Set
              </Button>
            }
            entries={unset.map(({ label, start }) => ({
              label,
              onSelect: () => onChange({ options: { ...options, ...start } }, "set"),
            }))}
          />
        )}
        {set.map(({ name: property, label }) => (
          <Button
            key={property}
            small
            variant="ghost"
            icon={Trash2}
            onClick={() => {
              const rest = Object.entries(options).filter(([key]) => key !== property);
              onChange({ options: Object.fromEntries(rest) }, "unset");
            }}
          >
            {label}
          </Button>
        ))}
      </div>
    </div>
  );
}
