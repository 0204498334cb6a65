import type { Anomaly, Direction } from "../../../../api/rules";
import { Field, NumberInput, Segmented, Select } from "../../../../ui";
import { DurationField } from "../../../../promql/DurationField";
import { QueryField } from "./QueryField";

interface Props {
  condition: Anomaly;
  onChange: (condition: Anomaly) => void;
  name: string;
}

const METHODS = [
  {
    value: "zscore",
    label: "Mean",
    help: "Standard deviations from the mean of the points before (z-score).",
  },
  {
    value: "mad",
    label: "Robust",
    help: "Deviations from the median of the points before, which single outliers do not move.",
  },
  {
    value: "seasonal",
    label: "Seasonal",
    help: "Deviations from what it was at the same time of the days, weeks or other seasons before.",
  },
] as const;

const DIRECTIONS: readonly { value: Direction; label: string }[] = [
  { value: "both", label: "either side" },
  { value: "up", label: "above" },
  { value: "down", label: "below" },
];

const typed = (value: number | null): number => value ?? NaN;

/** How many deviations a query is from what is usual for it. */
export function AnomalyFields({ condition, onChange, name }: Props) {
  const { query, method = "zscore", threshold = 3, window = 100, step = "1m", direction = "both" } = condition;
  const { season = "1d", seasons = 3 } = condition;
  const set = (more: Partial<Anomaly>): void => onChange({ ...condition, ...more });
  return (
    <>
      <QueryField label={`${name}Query`} text={query} onChange={(next) => set({ query: next })} />
      <div className="field">
        <span className="label" aria-hidden="true">
          What is usual
        </span>
        <Segmented
          label="What is usual"
          fill
          value={method}
          choices={METHODS}
          onChange={(next) => set({ method: next })}
        />
        <p className="help-text">{METHODS.find((one) => one.value === method)?.help}</p>
      </div>
      <div className="rule-row">
        <Field label="Deviations" required>
          <NumberInput value={threshold} min={0} onChange={(next) => set({ threshold: typed(next) })} />
        </Field>
        <Field label="On">
          <Select value={direction} options={DIRECTIONS} onChange={(next) => set({ direction: next })} />
        </Field>
        <Field label="Points" required>
          <NumberInput value={window} min={2} max={10_000} whole onChange={(next) => set({ window: typed(next) })} />
        </Field>
        <DurationField label="Apart" needed value={step} onChange={(next) => set({ step: next })} />
        {method === "seasonal" ? (
          <>
            <DurationField label="Season" needed value={season} onChange={(next) => set({ season: next })} />
            <Field label="Seasons" required>
              <NumberInput value={seasons} min={1} max={8} whole onChange={(next) => set({ seasons: typed(next) })} />
            </Field>
          </>
        ) : null}
      </div>
    </>
  );
}
