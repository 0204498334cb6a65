import { Plus, X } from "lucide-react";
import { useState } from "react";
import type { TimeInterval } from "../../../api/silences";
import { Button, Field, IconButton, Select, TextInput } from "../../../ui";
import "./times.css";
import { DAYS, dayWord, daysOf, intervalProblem, rangesOf, zoneChoices } from "./interval";

interface Props {
  interval: TimeInterval;
  onChange: (interval: TimeInterval) => void;
}

/** Days and times of day in a zone; days of the month, months and years where somebody wants them. */
export function IntervalFields({ interval, onChange }: Props) {
  const { times = [], location = "" } = interval;
  const problem = intervalProblem(interval);
  const setTime = (at: number, more: Partial<{ start: string; end: string }>): void =>
    onChange({ ...interval, times: times.map((one, index) => (index === at ? { ...one, ...more } : one)) });
  return (
    <>
      <WeekDays days={interval.weekdays ?? []} onChange={(weekdays) => onChange({ ...interval, weekdays })} />
      {times.map((one, at) => (
        <div key={at} className="flex flex-wrap items-center gap-2" role="group" aria-label={`Hours ${at + 1}`}>
          <ClockInput label="From" value={one.start} onChange={(start) => setTime(at, { start })} />
          <span className="muted">to</span>
          <ClockInput label="Until" value={one.end} onChange={(end) => setTime(at, { end })} />
          <IconButton
            icon={X}
            label={`Remove hours ${at + 1}`}
            onClick={() => onChange({ ...interval, times: times.filter((_, index) => index !== at) })}
          />
        </div>
      ))}
      {problem === null ? null : <p className="error-text">{problem}</p>}
      <div className="flex flex-wrap items-end gap-2">
        <Button
          small
          variant="ghost"
          icon={Plus}
          onClick={() => onChange({ ...interval, times: [...times, { start: "09:00", end: "17:00" }] })}
        >
          {times.length === 0 ? "All day; choose hours" : "Add hours"}
        </Button>
        <Field label="Time zone" className="ml-auto min-w-40">
          <Select
            value={location === "" ? "UTC" : location}
            options={zoneChoices(location)}
            onChange={(zone) => onChange({ ...interval, location: zone })}
          />
        </Field>
      </div>
      <CalendarFields interval={interval} onChange={onChange} />
    </>
  );
}

function ClockInput({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  return (
    <Field label={label} hideLabel className="w-20">
      <TextInput value={value} onChange={onChange} maxLength={5} placeholder="09:00" className="num" />
    </Field>
  );
}

/** None pressed means every day. */
function WeekDays({ days, onChange }: { days: readonly string[]; onChange: (days: string[]) => void }) {
  const chosen = daysOf(days);
  return (
    <div className="flex flex-wrap items-center gap-1" role="group" aria-label="Days of the week">
      {DAYS.map((day) => {
        const on = chosen.includes(day);
        return (
          <button
            key={day}
            type="button"
            className="weekday"
            aria-pressed={on}
            onClick={() => onChange(DAYS.filter((one) => (one === day ? !on : chosen.includes(one))))}
          >
            {dayWord(day)}
          </button>
        );
      })}
      {chosen.length === 0 ? <span className="muted">every day</span> : null}
    </div>
  );
}

const CALENDAR = [
  { field: "days_of_month", label: "Days of the month", help: "1:7, 15, or -1 for the last" },
  { field: "months", label: "Months", help: "january:march, december" },
  { field: "years", label: "Years", help: "2026:2028" },
] as const;

function CalendarFields({ interval, onChange }: Props) {
  const isUsed = CALENDAR.some(({ field }) => (interval[field] ?? []).length > 0);
  return (
    <details open={isUsed}>
      <summary className="soft cursor-pointer py-1">Days of the month, months, years</summary>
      <div className="filters px-0!">
        {CALENDAR.map(({ field, label, help }) => (
          <RangeInput
            key={field}
            label={label}
            help={help}
            ranges={interval[field] ?? []}
            onChange={(ranges) => onChange({ ...interval, [field]: ranges })}
          />
        ))}
      </div>
    </details>
  );
}

interface RangeProps {
  label: string;
  help: string;
  ranges: readonly string[];
  onChange: (ranges: string[]) => void;
}

function RangeInput({ label, help, ranges, onChange }: RangeProps) {
  const [text, setText] = useState(ranges.join(", "));
  return (
    <Field label={label} help={help}>
      <TextInput
        value={text}
        onChange={(typed) => {
          setText(typed);
          onChange(rangesOf(typed));
        }}
        autoCapitalize="none"
      />
    </Field>
  );
}
