// The whole plugin: one ES module, without imports. `vedette.define` says how it draws; the page does the rest.

/** What is drawn: the greatest values first. Exported for the test beside this file. */
export function barsOf({ data, options, reduce }) {
  return data.series
    .map((series) => ({ series, value: reduce(series, options.value) }))
    .filter(({ value }) => Number.isFinite(value))
    .sort((a, b) => b.value - a.value)
    .slice(0, options.most);
}

/** An element with a class and, as text, what label values say: never as markup. */
function element(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

vedette.define({
  /** Called with everything there is to draw, whenever some of it has changed. */
  draw(context) {
    const bars = barsOf(context);
    const longest = Math.max(...bars.map(({ value }) => Math.abs(value)));
    const list = element("ul", "bars");
    for (const { series, value } of bars) {
      const row = element("li", "bar");
      const button = element("button", "bar__name", series.name);
      button.addEventListener("click", () => context.choose(series, value));
      const fill = element("i", "bar__fill");
      fill.style.width = `${longest === 0 ? 0 : (Math.abs(value) / longest) * 100}%`;
      fill.style.background = context.colorOf(series, value);
      row.append(button, element("b", "bar__value", context.format(value, series)), fill);
      list.append(row);
    }
    context.root.replaceChildren(list);
  },
});
