/** The box beside the crosshair. Names come from label values: they are set as text, never as markup. */

export interface TooltipRow {
  name: string;
  color: string;
  value: string;
  near: boolean;
  /** Ways on from this value; only a tooltip that stays can be clicked into. */
  links?: readonly TooltipLink[];
}

export interface TooltipLink {
  title: string;
  href: string;
  newTab: boolean;
}

export interface TooltipContent {
  time: string;
  zone: string;
  rows: TooltipRow[];
  /** Marks at that moment. */
  notes?: readonly { title: string; text: string; color: string }[];
  foot: string;
}

const MARGIN_PX = 14;
const EDGE_PX = 8;

export class Tooltip {
  private box: HTMLDivElement | null = null;
  /** What it says; links that are pressed must not be made anew in between. */
  private said = "";

  /** `x` and `y` in page pixels: the crosshair's line and the chart's top. */
  show(content: TooltipContent, x: number, y: number): void {
    const box = (this.box ??= this.create());
    const said = JSON.stringify(content);
    if (said !== this.said) {
      this.said = said;
      const notes = (content.notes ?? []).map(tooltipNote);
      box.replaceChildren(this.head(content), ...notes, ...content.rows.flatMap(tooltipRow), ...this.foot(content));
      reachable(box, content);
    }
    const { offsetWidth: width, offsetHeight: height } = box;
    const left = x + MARGIN_PX + width > window.innerWidth - EDGE_PX ? x - width - MARGIN_PX : x + MARGIN_PX;
    box.style.left = `${Math.max(EDGE_PX, left)}px`;
    box.style.top = `${Math.max(EDGE_PX, Math.min(y, window.innerHeight - height - EDGE_PX))}px`;
  }

  hide(): void {
    this.box?.remove();
    this.box = null;
    this.said = "";
  }

  private create(): HTMLDivElement {
    const box = element("div", "tip");
    document.body.append(box);
    return box;
  }

  private head(content: TooltipContent): HTMLElement {
    const head = element("div", "tip__head");
    head.append(textElement("b", content.time), textElement("span", content.zone));
    return head;
  }

  private foot(content: TooltipContent): HTMLElement[] {
    if (content.foot === "") return [];
    const foot = element("div", "tip__foot");
    foot.textContent = content.foot;
    return [foot];
  }
}

/** The values are also in the chart's table and its spoken readout; links are nowhere else at this moment. */
function reachable(box: HTMLElement, { time, rows }: TooltipContent): void {
  const leadsOn = rows.some((row) => (row.links ?? []).length > 0);
  box.classList.toggle("tip--links", leadsOn);
  if (leadsOn) {
    box.removeAttribute("aria-hidden");
    box.setAttribute("role", "complementary");
    box.setAttribute("aria-label", `Links at ${time}`);
  } else {
    box.setAttribute("aria-hidden", "true");
    box.removeAttribute("role");
    box.removeAttribute("aria-label");
  }
}

function tooltipRow(row: TooltipRow): HTMLElement[] {
  const line = element("div", row.near ? "tip__row is-near" : "tip__row");
  const key = element("span", "key");
  key.style.background = row.color;
  const { links = [] } = row;
  const [only] = links;
  const name = only !== undefined && links.length === 1 ? tooltipLink(only, row.name) : textElement("span", row.name);
  name.classList.add("tip__name");
  line.append(key, name, textElement("b", row.value));
  if (links.length < 2) return [line];
  const ways = element("div", "tip__links");
  ways.append(...links.map((one) => tooltipLink(one, one.title)));
  return [line, ways];
}

function tooltipLink({ title, href, newTab }: TooltipLink, text: string): HTMLElement {
  const link = element("a", "tip__link");
  link.textContent = text;
  link.title = title;
  link.href = href;
  if (newTab) {
    link.target = "_blank";
    link.rel = "noreferrer";
  }
  return link;
}

function tooltipNote({ title, text, color }: { title: string; text: string; color: string }): HTMLElement {
  const note = element("div", "tip__note");
  note.style.borderColor = color;
  note.append(textElement("b", title));
  if (text !== "") note.append(textElement("span", text));
  return note;
}

function element<K extends keyof HTMLElementTagNameMap>(tag: K, className: string): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.className = className;
  return made;
}

function textElement(tag: keyof HTMLElementTagNameMap, text: string): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}
