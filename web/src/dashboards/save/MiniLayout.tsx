import type { Content } from "../document";
import { COLUMNS } from "../document";
import type { WidgetChange } from "../diff";
import { widgetTitle } from "../diff";
import { bySection, settled } from "../layout";

const ROW = 6;
const COLUMN = 14;
const SECTION_ROWS = 1;

/** Where the widgets stand, small: one version beside another, with what differs coloured. */
export function MiniLayout({
  content,
  changes,
  label,
}: {
  content: Content;
  changes: readonly WidgetChange[];
  label: string;
}) {
  const kinds = new Map(changes.map((one) => [one.id, one.kind]));
  const boxes: { id: string; title: string; x: number; y: number; w: number; h: number; section: boolean }[] = [];
  let top = 0;
  for (const [section, widgets] of bySection(content.spec.widgets, content.spec.sections)) {
    if (section !== "") {
      const title = content.spec.sections.find((one) => one.id === section)?.title ?? "";
      boxes.push({ id: `section ${section}`, title, x: 0, y: top, w: COLUMNS, h: SECTION_ROWS, section: true });
      top += SECTION_ROWS;
    }
    const places = settled(widgets);
    let bottom = 0;
    for (const widget of widgets) {
      const { x, y, w, h } = places.get(widget.id) ?? widget.place;
      boxes.push({ id: widget.id, title: widgetTitle(widget), x, y: top + y, w, h, section: false });
      bottom = Math.max(bottom, y + h);
    }
    top += bottom;
  }
  const height = Math.max(8, top) * ROW;
  return (
    <figure className="dash-mini">
      <svg
        viewBox={`0 0 ${COLUMNS * COLUMN} ${height}`}
        role="img"
        aria-label={`${label}: ${content.spec.widgets.length} widgets`}
      >
        {boxes.map((box) => (
          <g key={box.id} data-change={kinds.get(box.id)} data-section={box.section ? "" : undefined}>
            <rect
              x={box.x * COLUMN + 1}
              y={box.y * ROW + 1}
              width={box.w * COLUMN - 2}
              height={Math.max(1, box.h * ROW - 2)}
              rx={1.5}
            >
              <title>{box.title}</title>
            </rect>
          </g>
        ))}
      </svg>
      <figcaption className="muted">{label}</figcaption>
    </figure>
  );
}
