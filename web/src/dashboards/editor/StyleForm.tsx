import { Field, NumberInput, Select } from "../../ui";

type Style = Readonly<Record<string, unknown>>;

interface Props {
  style: Style;
  onChange: (style: Record<string, unknown>) => void;
}

const AS_WIDGET = { value: "", label: "As the widget" };
const CHOICES = [
  {
    name: "shape",
    label: "Shape",
    options: [
      { value: "line", label: "Line" },
      { value: "area", label: "Area" },
      { value: "bars", label: "Bars" },
      { value: "points", label: "Points" },
    ],
  },
  {
    name: "curve",
    label: "Line",
    options: [
      { value: "linear", label: "Straight" },
      { value: "smooth", label: "Smooth" },
      { value: "step", label: "Steps" },
    ],
  },
  {
    name: "cell",
    label: "Cells of a table",
    options: [
      { value: "plain", label: "Plain" },
      { value: "text", label: "Coloured text" },
      { value: "background", label: "Coloured background" },
      { value: "bar", label: "Bar" },
    ],
  },
] as const;
const NUMBERS = [
  { name: "lineWidth", label: "Line width", min: 0.5, max: 10 },
  { name: "fill", label: "Fill, per cent", min: 0, max: 100 },
] as const;

/** How some series are drawn; what is not said is as in the rest of the widget. */
export function StyleForm({ style, onChange }: Props) {
  const set = (name: string, value: unknown): void => {
    const rest = Object.entries(style).filter(([key]) => key !== name);
    onChange(Object.fromEntries(value === null || value === "" ? rest : [...rest, [name, value]]));
  };
  return (
    <div className="edit-row">
      {CHOICES.map(({ name, label, options }) => (
        <Field key={name} label={label}>
          <Select
            value={typeof style[name] === "string" ? style[name] : ""}
            options={[AS_WIDGET, ...options]}
            onChange={(value) => set(name, value)}
          />
        </Field>
      ))}
      {NUMBERS.map(({ name, label, min, max }) => {
        const value = style[name];
        return (
          <Field key={name} label={label}>
            <NumberInput
              value={typeof value === "number" ? value : null}
              min={min}
              max={max}
              placeholder="as the widget"
              onChange={(next) => {
                if (next === null || (next >= min && next <= max)) set(name, next);
              }}
            />
          </Field>
        );
      })}
    </div>
  );
}
