// Charts by Observable Plot, each with its words for who cannot see it and a table below for who wants the numbers.

import { h, details, visible, shorten } from "./dom.js";

// Told apart by colour-blind eyes, in both themes (css/theme.css), and by symbols and dashes besides.
const COLOURS = ["var(--c1)", "var(--c2)", "var(--c3)", "var(--c4)", "var(--c5)", "var(--c6)"];
const OTHERS = "var(--c0)";
const DASHES = ["", "6 3", "2 3", "8 3 2 3", "10 5", "1 4"];

// Colours of alternatives: the leading ones have one of their own.
export function palette(leading, many) {
  const order = [...new Set([...leading, ...Array.from({ length: many }, (_, place) => place)])];
  const found = Array(many).fill(null);
  order.slice(0, COLOURS.length).forEach((place, step) => {
    found[place] = { colour: COLOURS[step], dash: DASHES[step], named: true };
  });
  return found.map((style) => style ?? { colour: OTHERS, dash: "1 4", named: false });
}

export const label = (text, most = 28) => shorten(visible(text), most);

// Short labels that stay different, as rows of a chart are told apart by them: names that begin alike keep their ends.
export function labels(names, most = 28) {
  const begun = names.map((name) => label(name, most));
  const seen = new Map();
  return names.map((name, row) => {
    const alike = begun.filter((other) => other === begun[row]).length > 1;
    const short = alike ? middle(visible(name), most) : begun[row];
    seen.set(short, (seen.get(short) ?? 0) + 1);
    return seen.get(short) > 1 ? `${short} (${seen.get(short)})` : short;
  });
}

function middle(text, most) {
  const marks = Array.from(text);
  const half = Math.floor((most - 1) / 2);
  return marks.length > most ? `${marks.slice(0, half).join("")}…${marks.slice(-half).join("")}` : text;
}

// The words of a chart stand in `title`; `draw(width)` makes its options.
export function chart(title, draw, numbers) {
  const holder = h("div", { class: "chart" });
  const figure = h("figure", null, h("figcaption", null, title), holder);
  let last = 0;
  const render = () => {
    const width = Math.floor(holder.clientWidth);
    if (!width || width === last) return;
    last = width;
    const drawn = Plot.plot({
      style: { fontFamily: "inherit", fontSize: "13px", background: "none", color: "inherit", overflow: "visible" },
      ...draw(width),
      width,
    });
    // The whole is one picture with one name; names of its parts belong to nothing that may have one.
    for (const part of drawn.querySelectorAll("[aria-label], [aria-description]"))
      for (const name of ["aria-label", "aria-description"]) part.removeAttribute(name);
    drawn.setAttribute("role", "img");
    drawn.setAttribute("aria-label", visible(title));
    holder.replaceChildren(drawn);
  };
  new ResizeObserver(render).observe(holder);
  figure.redraw = () => {
    last = 0;
    render();
  };
  if (numbers) figure.append(details("As a table", numbers));
  return figure;
}

// Pixels for the labels of rows, at most half of the width.
export function room(names, width) {
  return Math.min(width * 0.5, 7.8 * Math.max(4, ...names.map((name) => Array.from(name).length)) + 14);
}

export const few = (width, many = 6) => (width < 480 ? 3 : many);

export function swatch(style) {
  return h("span", { class: "swatch", style: `background:${style.colour}`, "aria-hidden": "true" });
}
