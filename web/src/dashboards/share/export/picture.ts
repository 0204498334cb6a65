/**
 * Pictures of parts of the page. The browser itself draws them: the part is copied into an image together with the
 * page's own style sheets, so that nothing has to be allowed that the page's policy forbids.
 */

import { DRAW_NOW } from "../../../widgets/drawNow";

/** More pixels than this no browser has in one canvas. */
const MOST_PX = 16_000;
const MOST_AREA = 120_000_000;
const SVG = "http://www.w3.org/2000/svg";
const STILL = "*,*::before,*::after{animation:none!important;transition:none!important;caret-color:transparent}";
/** Ancestors are there for what style sheets say of them, not for their places. */
const SHELL = ".picture-shell{display:contents!important}";

const fonts = new Map<string, Promise<string>>();

function asDataUrl(address: string): Promise<string> {
  let known = fonts.get(address);
  known ??= fetch(address)
    .then((answer) => answer.blob())
    .then(
      (blob) =>
        new Promise<string>((resolve, reject) => {
          const reader = new FileReader();
          reader.onload = () => resolve(reader.result as string);
          reader.onerror = () => reject(new Error("a font could not be read"));
          reader.readAsDataURL(blob);
        }),
    );
  fonts.set(address, known);
  return known;
}

const plain = (family: string): string => family.replace(/["']/g, "");

/** Faces that the document has loaded, with their files in them: an image loads nothing. */
async function faceText(rule: CSSFontFaceRule, base: string): Promise<string> {
  const said = (name: string): string => rule.style.getPropertyValue(name);
  const loaded = [...document.fonts].some(
    (face) =>
      face.status === "loaded" &&
      plain(face.family) === plain(said("font-family")) &&
      face.unicodeRange === said("unicode-range"),
  );
  const address = /url\("?([^")]+)"?\)/.exec(rule.cssText)?.[1];
  if (!loaded || address === undefined) return "";
  return rule.cssText.replace(address, await asDataUrl(new URL(address, base).href));
}

/** All style sheets of the page as one text. */
async function styleText(): Promise<string> {
  const parts: Promise<string>[] = [];
  for (const sheet of document.styleSheets) {
    const base = sheet.href ?? document.baseURI;
    for (const rule of sheet.cssRules) {
      parts.push(rule instanceof CSSFontFaceRule ? faceText(rule, base) : Promise.resolve(rule.cssText));
    }
  }
  return [...(await Promise.all(parts)), STILL, SHELL].join("\n");
}

function drawnCopy(canvas: HTMLCanvasElement): HTMLElement {
  canvas.dispatchEvent(new Event(DRAW_NOW));
  const image = document.createElement("img");
  image.src = canvas.width > 0 && canvas.height > 0 ? canvas.toDataURL() : "";
  const own = [...canvas.attributes].filter(({ name }) => !["width", "height", "style"].includes(name));
  for (const { name, value } of own) image.setAttribute(name, value);
  image.style.cssText = canvas.style.cssText;
  const { width, height } = getComputedStyle(canvas);
  image.style.width = width;
  image.style.height = height;
  return image;
}

/** What scrolling and typing have changed is no attribute, and would not be copied. */
function asShown(from: Element, to: Element): void {
  if (from instanceof HTMLInputElement && to instanceof HTMLInputElement) to.setAttribute("value", from.value);
  if (from.scrollTop === 0 && from.scrollLeft === 0) return;
  for (const child of to.children) {
    if (child instanceof HTMLElement) child.style.translate = `${-from.scrollLeft}px ${-from.scrollTop}px`;
  }
}

function copied(element: Element): Element {
  if (element instanceof HTMLCanvasElement) return drawnCopy(element);
  const copy = element.cloneNode(false) as Element;
  for (const child of element.childNodes) {
    copy.append(child instanceof Element ? copied(child) : child.cloneNode(false));
  }
  asShown(element, copy);
  return copy;
}

function within(element: Element, copy: Element): Element {
  let whole = copy;
  for (let above = element.parentElement; above !== null; above = above.parentElement) {
    if (above === document.documentElement) break;
    const shell = above.cloneNode(false) as Element;
    shell.classList.add("picture-shell");
    shell.append(whole);
    whole = shell;
  }
  return whole;
}

export interface Picture {
  canvas: HTMLCanvasElement;
  width: number;
  height: number;
}

/** The part as it looks now, in the theme of now; `foot` stands below it. */
export async function pictureOf(element: HTMLElement, foot: string): Promise<Picture> {
  const root = document.documentElement;
  const { offsetWidth: width, offsetHeight: height } = element;
  const styles = await styleText();
  const copy = copied(element) as HTMLElement;
  Object.assign(copy.style, { width: `${width}px`, height: `${height}px`, margin: "0", position: "relative" });
  Object.assign(copy.style, { left: "0", top: "0", transform: "none", visibility: "visible", zIndex: "auto" });
  const svg = document.createElementNS(SVG, "svg");
  for (const { name, value } of root.attributes) svg.setAttribute(name, value);
  // rules for the width of the window hold in the picture as on the page
  svg.setAttribute("width", String(Math.max(innerWidth, Math.ceil(width))));
  svg.setAttribute("height", String(Math.ceil(height)));
  const style = document.createElementNS(SVG, "style");
  style.textContent = styles;
  const stage = document.createElementNS(SVG, "foreignObject");
  stage.setAttribute("width", "100%");
  stage.setAttribute("height", "100%");
  stage.append(within(element, copy));
  svg.append(style, stage);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`;
  await image.decode();
  return painted(image, width, height, foot);
}

const FOOT_PX = 28;
const MARGIN_PX = 12;

function painted(image: HTMLImageElement, width: number, height: number, foot: string): Picture {
  const full = { width: width + 2 * MARGIN_PX, height: height + MARGIN_PX + FOOT_PX };
  const scale = Math.min(
    Math.max(2, devicePixelRatio),
    MOST_PX / Math.max(full.width, full.height),
    Math.sqrt(MOST_AREA / (full.width * full.height)),
  );
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(full.width * scale);
  canvas.height = Math.round(full.height * scale);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("This browser gives no canvas to draw on.");
  const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  context.scale(scale, scale);
  context.fillStyle = colour("--canvas");
  context.fillRect(0, 0, full.width, full.height);
  context.drawImage(image, MARGIN_PX, MARGIN_PX);
  context.clearRect(0, MARGIN_PX + height, full.width, FOOT_PX);
  context.fillRect(0, MARGIN_PX + height, full.width, FOOT_PX);
  context.fillRect(MARGIN_PX + width, 0, MARGIN_PX, full.height);
  context.fillStyle = colour("--text-3");
  context.font = `11px ${getComputedStyle(document.body).fontFamily}`;
  context.textBaseline = "middle";
  context.fillText(foot, MARGIN_PX, MARGIN_PX + height + FOOT_PX / 2, width);
  return { canvas, ...full };
}

export function pngOf({ canvas }: Picture): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob === null) reject(new Error("The picture is too large for this browser."));
      else resolve(blob);
    }, "image/png");
  });
}
