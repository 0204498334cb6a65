import { Folder, LayoutDashboard } from "lucide-react";
import { SampleDataButton } from "../../../dashboards/sample/SampleDataButton";
import { Button, EmptyState } from "../../../ui";
import type { Wish } from "./rows";
import { isSearch } from "./rows";

interface Props {
  wish: Wish;
  mayEdit: boolean;
  isFolder: boolean;
  /** The project has no dashboard at all. */
  isNone: boolean;
  templates: () => void;
  all: () => void;
}

/** Why no dashboard is shown, and what can be done about it. */
export function ListEmpty({ wish, mayEdit, isFolder, isNone, templates, all }: Props) {
  if (isSearch(wish)) {
    return (
      <EmptyState
        icon={LayoutDashboard}
        title={`Nothing matches ${wish.text}`.trim()}
        action={<Button onClick={all}>Show all</Button>}
      >
        No dashboard has all of the words in its name, tags, description or widgets, and this tag or star.
      </EmptyState>
    );
  }
  if (isFolder) {
    return (
      <EmptyState icon={Folder} title="Nothing is in this folder">
        {mayEdit ? "Move dashboards here from the list, or choose it when you save one." : "Nobody has put one in it."}
      </EmptyState>
    );
  }
  if (!isNone) {
    return (
      <EmptyState icon={Folder} title="All dashboards are in folders">
        Open one of the folders above, or search.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={LayoutDashboard}
      title="No dashboards yet"
      action={
        mayEdit ? (
          <span className="flex flex-wrap justify-center gap-2">
            <Button onClick={templates}>Start from a template</Button>
            <SampleDataButton />
          </span>
        ) : undefined
      }
    >
      {mayEdit
        ? "Begin with a ready-made one, make one from widgets, or drop a file here."
        : "Nobody has made one in this project."}
    </EmptyState>
  );
}
