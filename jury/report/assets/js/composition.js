// Who sits in the jury, beside the population that it was drawn from.

import { h, section, table, percent, count, choice, fill } from "./dom.js";
import { chart, few, labels, room } from "./charts.js";

export function composition(found) {
  const { attributes, population, problem, drawn, caveats } = found.composition;
  const body = h("div");
  const show = (place) => fill(body, ...panel(attributes[place], population));
  if (attributes.length) show(0);
  return section(
    "jury",
    "Who was asked",
    found.opening.asked,
    drawn ? h("p", null, `Design: ${drawn.design}.`) : null,
    caveats.map((caveat) => h("p", { class: "note" }, caveat)),
    problem ? h("p", { class: "note" }, problem) : null,
    attributes.length
      ? h(
          "div",
          { class: "controls" },
          choice(
            "Attribute",
            attributes.map((one) => one.attribute),
            0,
            show,
          ),
        )
      : h("p", { class: "note" }, "Nothing is known of who they are."),
    body,
  );
}

function panel({ attribute, groups }, population) {
  const short = labels(
    groups.map((row) => row.group),
    24,
  );
  const rows = groups.map((row, place) => ({ ...row, name: short[place] }));
  const beside = rows.filter((row) => row.population !== null);
  const drawn = chart(
    `Shares of the weight by ${attribute}${beside.length ? ": the jury (filled) and the population (hollow)" : " in the jury"}`,
    (width) => ({
      height: 46 + 26 * rows.length,
      marginLeft: room(
        rows.map((row) => row.name),
        width,
      ),
      marginRight: 28,
      marginBottom: 26,
      x: { label: null, tickFormat: "%", grid: true, zero: true, ticks: few(width) },
      y: { label: null, domain: rows.map((row) => row.name), tickSize: 0 },
      marks: [
        Plot.ruleX([0]),
        Plot.ruleY(beside, { y: "name", x1: "share", x2: "population", stroke: "var(--ink-2)" }),
        Plot.dot(beside, {
          y: "name",
          x: "population",
          r: 5,
          symbol: "square",
          stroke: "var(--c2)",
          fill: "var(--paper)",
          strokeWidth: 2,
        }),
        Plot.dot(rows, { y: "name", x: "share", r: 5, fill: "var(--c1)" }),
      ],
    }),
    table(
      `By ${attribute}`,
      ["Group", "Jurors", "Share of the jury", ...(beside.length ? ["Share of the population"] : [])],
      rows.map((row) => [
        row.group,
        count(row.jurors),
        percent(row.share, 1),
        ...(beside.length ? [percent(row.population, 1)] : []),
      ]),
    ),
  );
  const absent = beside.filter((row) => !row.jurors).map((row) => row.group);
  return [
    drawn,
    beside.length
      ? h(
          "p",
          { class: "note" },
          `Population: ${population}.${absent.length ? ` No juror: ${absent.join(", ")}.` : ""}`,
        )
      : null,
  ];
}
