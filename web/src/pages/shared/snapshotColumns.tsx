import type { Snapshot } from "../../api/sharing";
import type { Column } from "../../ui";
import { Badge } from "../../ui";
import { Moment } from "../access/Moment";
import { Seen } from "./Seen";

const KIB = 1024;

export const SNAPSHOT_COLUMNS: readonly Column<Snapshot>[] = [
  { id: "title", head: "Title", value: (one) => one.title, cell: (one) => one.title },
  {
    id: "open",
    head: "Open to",
    value: (one) => (one.public ? "public" : "project"),
    cell: (one) => (one.public ? <Badge status="warn">Whoever has the link</Badge> : "The project"),
  },
  { id: "by", head: "Taken by", value: (one) => one.created_by, cell: (one) => one.created_by, wideOnly: true },
  { id: "taken", head: "Taken", value: (one) => one.created_ms, cell: (one) => <Moment at_ms={one.created_ms} /> },
  { id: "ends", head: "Ends", value: (one) => one.expires_ms, cell: (one) => <Moment at_ms={one.expires_ms} /> },
  {
    id: "size",
    head: "Size",
    value: (one) => one.size_bytes,
    cell: (one) => <span className="num">{Math.max(1, Math.round(one.size_bytes / KIB))} KiB</span>,
    wideOnly: true,
  },
  { id: "seen", head: "Last seen", value: (one) => one.last_seen_ms, cell: (one) => <Seen of={one} />, wideOnly: true },
];
