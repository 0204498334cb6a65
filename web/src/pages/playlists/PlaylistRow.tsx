import { ArrowDown, ArrowUp, X } from "lucide-react";
import { IconButton, NumberInput, Select, TextInput } from "../../ui";
import { LEAST_S, MOST_S } from "./playlist";

export interface Row {
  /** Tells rows apart while they move. */
  key: number;
  dashboard: string;
  seconds: number | null;
  /** As it is typed; empty: what the dashboard opens with. */
  range: string;
}

interface Props {
  row: Row;
  at: number;
  last: boolean;
  /** All dashboards that there are. */
  known: readonly { id: string; name: string }[];
  /** What is typed as its range is none. */
  senseless: boolean;
  set: (change: Partial<Row>) => void;
  move: (by: number) => void;
  remove: () => void;
}

/** One dashboard of a playlist: which, how long, and what of its time. */
export function PlaylistRow({ row, at, last, known, senseless, set, move, remove }: Props) {
  return (
    <div className="playlist-item">
      <Select
        label={`Dashboard ${at + 1}`}
        value={row.dashboard}
        options={[
          ...known.map((one) => ({ value: one.id, label: one.name })),
          ...(known.some((one) => one.id === row.dashboard)
            ? []
            : [{ value: row.dashboard, label: `${row.dashboard} (not there)` }]),
        ]}
        onChange={(dashboard) => set({ dashboard })}
      />
      <NumberInput
        aria-label={`Seconds of dashboard ${at + 1}`}
        value={row.seconds}
        min={LEAST_S}
        max={MOST_S}
        whole
        unit="s"
        onChange={(seconds) => set({ seconds })}
      />
      <TextInput
        aria-label={`Range of dashboard ${at + 1}`}
        aria-invalid={senseless}
        title={senseless ? "Not a range. Try now-6h to now." : "Such as 6h; empty: what it opens with"}
        placeholder="its own range"
        value={row.range}
        maxLength={200}
        onChange={(range) => set({ range })}
      />
      <span className="playlist-item__moves">
        <IconButton
          icon={ArrowUp}
          label={`Dashboard ${at + 1}: earlier`}
          disabled={at === 0}
          onClick={() => move(-1)}
        />
        <IconButton icon={ArrowDown} label={`Dashboard ${at + 1}: later`} disabled={last} onClick={() => move(1)} />
        <IconButton icon={X} label={`Dashboard ${at + 1}: remove`} onClick={remove} />
      </span>
    </div>
  );
}
