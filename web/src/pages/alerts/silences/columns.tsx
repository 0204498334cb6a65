import type { ListedSilence } from "../../../api/silences";
import type { Column } from "../../../ui";
import { Badge } from "../../../ui";
import { Moment } from "../../access/Moment";
import { Conditions } from "../matchers/Conditions";
import { conditionsText } from "../matchers/condition";
import { intervalsOf, intervalsWords } from "../times/interval";
import { listedConditions } from "./silence";

export const STATES = [
  { value: "all", label: "All" },
  { value: "active", label: "Active" },
  { value: "pending", label: "To come" },
  { value: "expired", label: "Ended" },
] as const;
type SilenceState = (typeof STATES)[number]["value"];

export const stateOf = (text: string | null): SilenceState =>
  STATES.find(({ value }) => value === text)?.value ?? "all";

const ORDER = ["active", "pending", "expired"];
const endsMs = (one: ListedSilence): number => Date.parse(one.endsAt);

function State({ silence }: { silence: ListedSilence }) {
  const { state } = silence.status;
  if (state === "expired") return <Badge>Ended</Badge>;
  if (state === "pending") return <Badge status="unknown">To come</Badge>;
  return silence.inForce === false ? (
    <Badge status="unknown" title="Outside of its times it hides nothing">
      Active, not now
    </Badge>
  ) : (
    <Badge status="info">Active</Badge>
  );
}

function When({ silence }: { silence: ListedSilence }) {
  const { state } = silence.status;
  const at_ms = state === "pending" ? Date.parse(silence.startsAt) : endsMs(silence);
  const verb = state === "pending" ? "starts" : state === "expired" ? "ended" : "ends";
  return (
    <>
      {verb} <Moment at_ms={at_ms} />
    </>
  );
}

export const COLUMNS: readonly Column<ListedSilence>[] = [
  {
    id: "what",
    head: "Hides",
    cell: (one) => <Conditions conditions={listedConditions(one)} none="Everything" />,
    text: (one) => conditionsText(listedConditions(one)),
  },
  {
    id: "state",
    head: "State",
    cell: (one) => <State silence={one} />,
    value: (one) => ORDER.indexOf(one.status.state),
    text: () => "",
  },
  { id: "when", head: "Time", cell: (one) => <When silence={one} />, value: endsMs, text: () => "" },
  {
    id: "times",
    head: "Only at",
    cell: (one) => {
      const times = intervalsOf(one.recurring);
      return times.length === 0 ? <span className="muted">Always</span> : intervalsWords(times);
    },
    wideOnly: true,
  },
  {
    id: "why",
    head: "Why",
    cell: (one) => one.comment || <span className="muted">-</span>,
    text: (one) => one.comment,
  },
  {
    id: "by",
    head: "By",
    cell: (one) => one.createdBy || <span className="muted">-</span>,
    text: (one) => one.createdBy,
  },
];
