import { Button, Notice } from "../../ui";
import type { Clash } from "./useChange";

interface Props {
  clash: Clash;
  busy: boolean;
  reload: () => void;
  overwrite: () => void;
}

/** The fields in which two versions differ, as text. */
export function differences({ current, yours }: Clash): { field: string; current: string; yours: string }[] {
  const left = asRecord(current);
  const right = asRecord(yours);
  return Object.keys(right)
    .filter((field) => right[field] !== null && JSON.stringify(left[field]) !== JSON.stringify(right[field]))
    .map((field) => ({ field, current: show(left[field]), yours: show(right[field]) }));
}

const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

const show = (value: unknown): string =>
  value === undefined || value === "" ? "nothing" : typeof value === "string" ? value : JSON.stringify(value);

/** Somebody else saved meanwhile: what differs, and the choice between both. */
export function ClashNotice({ clash, busy, reload, overwrite }: Props) {
  const found = differences(clash);
  return (
    <div className="grid gap-3">
      <Notice kind="warn">Somebody else changed this while you were editing. Nothing is lost yet.</Notice>
      <table className="table" aria-label="Both versions">
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Now</th>
            <th scope="col">Yours</th>
          </tr>
        </thead>
        <tbody>
          {found.map(({ field, current, yours }) => (
            <tr key={field}>
              <th scope="row">{field}</th>
              <td className="[overflow-wrap:anywhere]">{current}</td>
              <td className="[overflow-wrap:anywhere]">{yours}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={reload}>Take the present one</Button>
        <Button variant="danger" busy={busy} onClick={overwrite}>
          Overwrite with yours
        </Button>
      </div>
    </div>
  );
}
