// Elements, text and numbers. Text of models and files reaches the page here alone, as text nodes.

// What a browser would obey rather than show: directions, joins, controls. Line breaks and tabs stay.
const OBEYED =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;

export function visible(text) {
  return String(text).replace(
    OBEYED,
    (mark) => `⟨U+${mark.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`,
  );
}

export function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  fill(element, ...children);
  return element;
}

export function fill(element, ...children) {
  element.replaceChildren(
    ...children
      .flat(Infinity)
      .filter((child) => child !== null && child !== undefined && child !== false)
      .map((child) => (child instanceof Node ? child : document.createTextNode(visible(child)))),
  );
  return element;
}

export function shorten(text, most) {
  const marks = Array.from(String(text).slice(0, 2 * most));
  return marks.length > most || String(text).length > 2 * most ? `${marks.slice(0, most).join("")}…` : text;
}

export function number(value, decimals = 2) {
  return value === null || value === undefined || Number.isNaN(value) ? "–" : value.toFixed(decimals).replace("-", "−");
}

export function count(value) {
  return value === null || value === undefined ? "–" : value.toLocaleString("en");
}

export function percent(value, decimals = 0) {
  return value === null || value === undefined || Number.isNaN(value) ? "–" : `${(100 * value).toFixed(decimals)}%`;
}

export function span(value, low, high, write = number) {
  return low === null || low === undefined || high === null || high === undefined
    ? write(value)
    : `${write(value)} [${write(low)}, ${write(high)}]`;
}

export function listed(names) {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
}

let numbered = 0;

export function unique(prefix) {
  numbered += 1;
  return `${prefix}-${numbered}`;
}

// A table for reading; cells are texts, numbers or nodes, the first is the row's head.
export function table(caption, heads, rows, { text = 1, name = "" } = {}) {
  const id = unique("caption");
  const side = (column) => (column < text ? "text" : "number");
  const cell = (value, column) => {
    if (value instanceof HTMLTableCellElement) return value;
    return column ? h("td", { class: side(column) }, value) : h("th", { class: side(column), scope: "row" }, value);
  };
  const built = h(
    "table",
    { class: name || null, "aria-labelledby": id },
    h(
      "thead",
      null,
      h(
        "tr",
        null,
        heads.map((head, column) => h("th", { scope: "col", class: side(column) }, head)),
      ),
    ),
    h(
      "tbody",
      null,
      rows.map((row) => h("tr", null, row.map(cell))),
    ),
  );
  // A table wider than the window is moved sideways on its own, with the keyboard too.
  return h(
    "div",
    { class: "tabled" },
    h("p", { class: "caption", id }, caption),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": id }, built),
  );
}

export function details(summary, ...children) {
  return h("details", null, h("summary", null, summary), ...children);
}

export function section(id, title, lead, ...children) {
  return h(
    "section",
    { id, "aria-labelledby": `${id}-title` },
    h("h2", { id: `${id}-title`, tabindex: "-1" }, title),
    lead ? h("p", { class: "lead" }, lead) : null,
    ...children,
  );
}

// A labelled list of choices; `choose` gets the place of what was chosen.
export function choice(label, options, chosen, choose) {
  const id = unique("choice");
  const select = h(
    "select",
    { id, onchange: (event) => choose(Number(event.target.value)) },
    options.map((option, place) => h("option", { value: place, selected: place === chosen }, shorten(option, 90))),
  );
  return h("div", { class: "field" }, h("label", { for: id }, label), select);
}
