import type { ReactNode } from "react";
import type { DocumentContent } from "../../../api/documents";
import { ClashNotice } from "../../access/ClashNotice";
import type { Keep } from "./useKeep";

interface Props {
  keep: Pick<Keep, "clash" | "busy" | "overwrite">;
  /** What the form says. */
  content: DocumentContent;
  /** Takes what is kept now instead. */
  reload: () => void;
  children: ReactNode;
}

/** A form, until it turns out that somebody else was first: then both versions, to choose from. */
export function Clashing({ keep: { clash, busy, overwrite }, content, reload, children }: Props) {
  if (clash === null) return children;
  return <ClashNotice clash={clash} busy={busy} reload={reload} overwrite={() => void overwrite(content)} />;
}
