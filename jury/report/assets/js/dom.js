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
      .flatMap((child) => (child instanceof Node ? child : written(visible(child), element))),
  );
  return element;
}

const RIGHT_TO_LEFT = "[\\u0590-\\u08ff\\ufb1d-\\ufdff\\ufe70-\\ufefc\\u{10800}-\\u{10fff}\\u{1e800}-\\u{1efff}]";
const RUNS = new RegExp(`(${RIGHT_TO_LEFT}(?:[^\\p{L}\\p{N}]*${RIGHT_TO_LEFT})*)`, "u");

// Words written from right to left are isolated, so that they leave the order of what stands around them alone.
function written(text, element) {
  const parts = element.tagName === "OPTION" || element.hasAttribute("dir") ? [text] : text.split(RUNS);
  const node = (part) => document.createTextNode(part);
  if (parts.length === 1) return [node(text)];
  const isolated = (part) => {
    const apart = document.createElement("bdi");
    apart.append(node(part));
    return apart;
  };
  const left = parts.filter((_, place) => place % 2 === 0).join("");
  if (!/\p{L}/u.test(left)) return [isolated(text)];
  return parts.map((part, place) => (place % 2 ? isolated(part) : node(part)));
}

export function shorten(text, most) {
  const marks = Array.from(String(text).slice(0, 2 * most));
  return marks.length > most || String(text).length > 2 * most ? `${marks.slice(0, most).join("")}…` : text;
}

const unknown = (value) => value === null || value === undefined || Number.isNaN(value);

// Halves go to the even neighbour, as on the terminal: `toFixed` has them go away from zero.
function rounded(value, decimals) {
  const halves = Math.abs(value) * 2 ** (decimals + 1);
  if (halves % 2 !== 1) return Math.abs(value).toFixed(decimals);
  const below = (halves * 5 ** decimals - 1) / 2;
  return ((below + (below % 2)) / 10 ** decimals).toFixed(decimals);
}

export function number(value, decimals = 2) {
  if (unknown(value)) return "–";
  const text = rounded(value, decimals);
  return value < 0 && /[1-9]/.test(text) ? `−${text}` : text;
}

// A difference, with its sign.
export function signed(value, decimals = 2) {
  const text = number(value, decimals);
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

export function count(value) {
  return unknown(value) ? "–" : value.toLocaleString("en");
}

export function percent(value, decimals = 0) {
  return unknown(value) ? "–" : `${number(100 * value, decimals)}%`;
}

export function span(value, low, high, write = number) {
  return low === null || low === undefined || high === null || high === undefined
    ? write(value)
    : `${write(value)} [${write(low)}, ${write(high)}]`;
}

// How many of something: "1 juror", "24 jurors".
export function many(value, word) {
  return `${count(value)} ${word}${value === 1 ? "" : "s"}`;
}

const MOST_TIED = 4;

export function tied(names) {
  if (!names.length) return "nobody";
  if (names.length <= MOST_TIED) return names.join(" = ");
  return `${names.slice(0, MOST_TIED - 1).join(" = ")} and ${names.length - MOST_TIED + 1} more`;
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
  const head = (words, column) =>
    words instanceof HTMLTableCellElement ? words : h("th", { scope: "col", class: side(column) }, words);
  const cell = (value, column) => {
    if (value instanceof HTMLTableCellElement) return value;
    return column ? h("td", { class: side(column) }, value) : h("th", { class: side(column), scope: "row" }, value);
  };
  const built = h(
    "table",
    { class: name || null, "aria-labelledby": id },
    h("thead", null, h("tr", null, heads.map(head))),
    h(
      "tbody",
      null,
      rows.map((row) => h("tr", null, row.map(cell))),
    ),
  );
  const frame = movable(h("div", { class: "scroll" }, built), { role: "region", "aria-labelledby": id });
  return h("div", { class: "tabled" }, h("p", { class: "caption", id }, caption), frame);
}

// What is larger than its frame is moved by keyboard too; other frames are no stop of the Tab key.
export function movable(element, names = {}) {
  new ResizeObserver(() => {
    const moves = element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight;
    for (const [name, value] of Object.entries({ tabindex: "0", ...names }))
      if (moves) element.setAttribute(name, value);
      else element.removeAttribute(name);
  }).observe(element);
  return element;
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
