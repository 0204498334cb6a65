// One cell for each series. What is pure is exported, for the test beside this file.

const SVG = "http://www.w3.org/2000/svg";
const STEPS = 8;
const GAP = 0.94;
/** A cell that is smaller than this has no room for words. */
const ROOM_PX = 24;

/** What is wrong with options that fit the form, in words. */
export function validate({ colour, low, high, click, label }) {
  const problems = [];
  if (colour === "scale" && !(low < high)) problems.push("Low must be less than high.");
  if (click === "filter" && label === "") problems.push("Say which label a click filters by.");
  return problems;
}

/** Leaves out the series that are not wanted, and those of an earlier time. */
export function transform(data, { hide }) {
  const unwanted = (name) => hide.some((start) => start !== "" && name.startsWith(start));
  return { ...data, series: data.series.filter(({ name, isPast }) => !isPast && !unwanted(name)) };
}

/** Cells in their order; a series without a value has one, too. */
export function cellsOf({ data, options, reduce }) {
  const cells = data.series.map((series) => ({ series, value: reduce(series, options.value) }));
  const size = (value) => (Number.isNaN(value) ? -Infinity : value);
  if (options.order === "value") return cells.sort((a, b) => size(b.value) - size(a.value));
  return cells.sort((a, b) => a.series.name.localeCompare(b.series.name, "en", { numeric: true }));
}

/** The largest cells of which `count` fit, every other row half a cell to the right. */
export function layout(count, width, height) {
  let best = { radius: 0, columns: 1 };
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const shift = rows > 1 ? 0.5 : 0;
    const radius = Math.min(width / ((columns + shift) * Math.sqrt(3)), height / (1.5 * rows + 0.5));
    if (radius > best.radius) best = { radius, columns };
  }
  const { radius, columns } = best;
  const across = radius * Math.sqrt(3);
  const centres = Array.from({ length: count }, (_, at) => {
    const row = Math.floor(at / columns);
    return { x: across * ((at % columns) + 0.5 + (row % 2) / 2), y: radius * (1 + 1.5 * row) };
  });
  return { radius, centres };
}

/** From 0 to the last step of the page's scale. */
export function stepOf(value, low, high) {
  const part = (value - low) / (high - low);
  return Math.max(0, Math.min(STEPS - 1, Math.floor(part * STEPS)));
}

export function colourOf({ options, color, colorOf }, { series, value }) {
  if (Number.isNaN(value)) return color("sunken");
  return options.colour === "field" ? colorOf(series, value) : color(`q${stepOf(value, options.low, options.high)}`);
}

function corners({ x, y }, radius) {
  return [0, 1, 2, 3, 4, 5]
    .map((corner) => {
      const angle = (Math.PI / 3) * corner + Math.PI / 6;
      return `${(x + radius * Math.cos(angle)).toFixed(1)},${(y + radius * Math.sin(angle)).toFixed(1)}`;
    })
    .join(" ");
}

/** Label values are text here, whatever they look like. */
function svg(name, attributes, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

/** Black or white, whichever is easier to read on a colour such as #1983ca. */
export function inkOn(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? "#000" : "#fff";
}

function press(context, { series, value }) {
  const { click, label } = context.options;
  if (click === "links") context.choose(series, value);
  else if (Object.hasOwn(series.labels, label)) context.filter(label, series.labels[label]);
}

function cellOf(context, cell, centre, radius) {
  const fill = colourOf(context, cell);
  const words = `${cell.series.name}: ${context.format(cell.value, cell.series)}`;
  const group = svg("g", { class: "cell", role: "button", tabindex: "0", "aria-label": words });
  group.append(svg("title", {}, words), svg("polygon", { points: corners(centre, radius * GAP), fill }));
  if (context.options.names && radius >= ROOM_PX) {
    const ink = /^#[0-9a-f]{6}$/i.test(fill) ? inkOn(fill) : context.color("text");
    const most = Math.max(3, Math.floor(radius / 4));
    const { name } = cell.series;
    const short = name.length > most ? `${name.slice(0, most - 1)}…` : name;
    group.append(
      svg("text", { x: centre.x, y: centre.y - 2, fill: ink, class: "name" }, short),
      svg("text", { x: centre.x, y: centre.y + 14, fill: ink, class: "value" }, context.format(cell.value, cell.series)),
    );
  }
  group.addEventListener("click", () => press(context, cell));
  group.addEventListener("keydown", (event) => {
    if (event.key === "Enter") press(context, cell);
  });
  return group;
}

vedette.define({
  validate,
  transform,
  draw(context) {
    const cells = cellsOf(context);
    const { radius, centres } = layout(cells.length, context.width, context.height);
    const picture = svg("svg", { width: context.width, height: context.height, role: "group", "aria-label": context.title });
    picture.append(...cells.map((cell, at) => cellOf(context, cell, centres[at], radius)));
    const focused = [...context.root.querySelectorAll(".cell")].indexOf(document.activeElement);
    context.root.replaceChildren(picture);
    // what is drawn anew each second must not take the focus away
    if (focused >= 0) picture.querySelectorAll(".cell")[focused]?.focus();
  },
});
