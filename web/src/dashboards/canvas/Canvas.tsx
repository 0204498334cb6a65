import { LayoutDashboard, PanelTop, Plus, Rows3 } from "lucide-react";
import { useMemo } from "react";
import { Button, EmptyState, TabStrip, useMedia } from "../../ui";
import type { Section, Widget } from "../document";
import { COLUMNS, freshId, newSection } from "../document";
import { bySection, gridOf, partsOf } from "../layout";
import { BoundScope } from "../BoundScope";
import { useScope } from "../data/variables";
import type { SectionCopy } from "../repeat";
import { copyCount, editedSections, inSection, repeatSections } from "../repeat";
import { useDashboard, useDashboardNow, useEdit } from "../store";
import { Phone } from "./Phone";
import { SectionGrid } from "./SectionGrid";
import { SectionHead, SectionMenu, sectionTitle } from "./SectionHead";
import { useBox } from "./useBox";
import { useMarquee } from "./useMarquee";
import { useSectionDrag } from "./useSectionDrag";

interface Props {
  /** The tab that the address names. */
  tab: string | null;
  onTab: (section: string) => void;
  /** Sections that somebody folded or unfolded in view, by id. */
  folds: ReadonlyMap<string, boolean>;
  onFold: (section: string, open: boolean) => void;
}

const GAP_PX = 8;
const GAP_COMPACT_PX = 4;
const PHONE_COLUMNS = 2;

const NO_WIDGETS: readonly Widget[] = [];

function usePageWidth(): number {
  const wide = useMedia("(min-width: 1200px)");
  const medium = useMedia("(min-width: 996px)");
  const small = useMedia("(min-width: 768px)");
  const smaller = useMedia("(min-width: 480px)");
  return wide ? 1200 : medium ? 996 : small ? 768 : smaller ? 480 : 0;
}

/** All widgets of the open dashboard in their sections. */
export function Canvas({ tab, onTab, folds, onFold }: Props) {
  const editing = useDashboard((state) => state.mode === "edit");
  const widgets = useDashboard((state) => state.draft.spec.widgets);
  const sections = useDashboard((state) => state.draft.spec.sections);
  const edit = useEdit();
  const [element, box] = useBox();
  const { frame, handlers: marquee } = useMarquee(editing);
  const { dragged, handlers } = useSectionDrag(editing);
  const page = gridOf(usePageWidth());
  // the document has one layout: it is edited as it is, whatever the room beside library and editor
  const grid = editing ? { columns: COLUMNS, row_px: 48 } : page;
  const { scope } = useScope();
  const groups = useMemo(() => bySection(widgets, sections), [widgets, sections]);
  const copies = useMemo(
    () => (editing ? editedSections(sections, scope) : repeatSections(sections, scope)),
    [editing, sections, scope],
  );
  const parts = useMemo(() => partsOf(copies.map((copy) => ({ ...copy, kind: copy.section.kind }))), [copies]);
  const shownIn = useMemo(
    () => new Map(copies.map((copy) => [copy.id, inSection(groups.get(copy.section.id) ?? NO_WIDGETS, copy)])),
    [copies, groups],
  );
  const gap = document.documentElement.dataset["density"] === "compact" ? GAP_COMPACT_PX : GAP_PX;
  const width = box?.width ?? 0;

  const shown = (copy: SectionCopy | null) => (
    <BoundScope bound={copy?.bound ?? null}>
      <SectionGrid
        section={copy?.section.id ?? ""}
        widgets={(copy === null ? groups.get("") : shownIn.get(copy.id)) ?? NO_WIDGETS}
        width={width}
        grid={grid}
        gap={gap}
        editing={editing}
      />
    </BoundScope>
  );
  const count = (copy: SectionCopy): number => groups.get(copy.section.id)?.length ?? 0;
  const isOpen = ({ id, section }: SectionCopy): boolean => (editing ? undefined : folds.get(id)) ?? !section.collapsed;
  const toggle = (copy: SectionCopy): void => {
    const open = !isOpen(copy);
    if (editing) edit.sectionChanged({ id: copy.section.id, change: { collapsed: !open } });
    else onFold(copy.id, open);
  };
  const foldable = (copy: SectionCopy) => (
    <div
      key={copy.id}
      className="dash-part"
      data-sections={copy.section.id}
      data-dragged={dragged === copy.section.id ? "" : undefined}
    >
      <SectionHead
        copy={copy}
        count={count(copy)}
        copies={editing ? copyCount(copy.section.repeat, scope) : 0}
        open={isOpen(copy)}
        editing={editing}
        onToggle={() => toggle(copy)}
        grip={handlers(copy.section.id, false)}
      />
      {isOpen(copy) ? shown(copy) : null}
    </div>
  );
  const tabs = (strip: readonly SectionCopy[]) => {
    const open = strip.find((one) => one.id === tab) ?? strip[0];
    if (open === undefined) return null;
    return (
      <div key={strip[0]?.id} className="dash-part" data-sections={strip.map((one) => one.section.id).join(" ")}>
        <TabStrip
          label="Tabs of the dashboard"
          value={open.id}
          onChange={onTab}
          {...(editing ? { handlers: (id: string) => handlers(id, true) } : {})}
          aside={editing ? <SectionMenu section={open.section} count={count(open)} /> : undefined}
          tabs={strip.map((one) => ({
            value: one.id,
            label: sectionTitle(one),
            note: String(count(one)),
            content: <div className="pt-2">{one.id === open.id ? shown(one) : null}</div>,
          }))}
        />
      </div>
    );
  };

  const empty = widgets.length === 0 && sections.length === 0;
  /** So many widgets are in no section. */
  const loose = groups.get("")?.length ?? 0;
  return (
    <div className="dash-canvas" data-editing={editing ? "" : undefined} {...marquee}>
      {/* react-draggable puts a style element of this id into the page unless there is one; the policy forbids that */}
      <i id="react-draggable-style-el" hidden />
      {editing ? (
        <p id="dash-keys" className="sr-only">
          Arrows go to other widgets. Space selects: then arrows move it, with shift they change its size, page up and
          page down with shift take it to another section. Enter configures, delete removes.
        </p>
      ) : null}
      <div ref={element} className="dash-canvas__column">
        {width === 0 ? null : empty && !editing ? (
          <EmptyState icon={LayoutDashboard} title="This dashboard is empty">
            Edit it to add widgets.
          </EmptyState>
        ) : grid.columns === PHONE_COLUMNS && sections.length > 0 ? (
          <Phone
            pages={[...(loose > 0 ? [null] : []), ...copies]}
            count={(page) => (page === null ? loose : count(page))}
            at={tab}
            onOpen={onTab}
            content={shown}
          />
        ) : (
          parts.map((part) =>
            part.kind === "fold" ? (
              foldable(part.section)
            ) : part.kind === "tabs" ? (
              tabs(part.sections)
            ) : editing || loose > 0 ? (
              <div key="" className="dash-part">
                {shown(null)}
              </div>
            ) : null,
          )
        )}
        {editing ? <AddSection /> : null}
      </div>
      {frame === null ? null : <div className="dash-marquee" style={frame} aria-hidden="true" />}
    </div>
  );
}

function AddSection() {
  const now = useDashboardNow();
  const edit = useEdit();
  const add = (kind: Section["kind"]): void => {
    const taken = new Set(now().draft.spec.sections.map((one) => one.id));
    edit.sectionAdded(
      newSection(freshId("s", taken), `${kind === "fold" ? "Section" : "Tab"} ${taken.size + 1}`, kind),
    );
  };
  return (
    <div className="dash-add">
      <Plus className="icon icon--sm" aria-hidden />
      <Button small variant="ghost" icon={Rows3} onClick={() => add("fold")}>
        Section
      </Button>
      <Button small variant="ghost" icon={PanelTop} onClick={() => add("tab")}>
        Tab
      </Button>
    </div>
  );
}
