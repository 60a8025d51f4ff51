// How answers are spread, for everybody and in each group, from the ballots in the page.

import { h, section, table, percent, count, choice, fill } from "./dom.js";
import { chart, few, labels, room } from "./charts.js";

const MOST_LEVELS = 11;
const BINS = 5;

export function distributions(found, one) {
  if (!one.recount?.rows)
    return section(
      "answers",
      "How answers are spread",
      one.recount
        ? "There are more different ballots than a page holds: jury audit tells more."
        : "Nobody answered this case.",
    );
  let attribute = 0,
    alternative = 0;
  const names = one.alternatives.map((item) => item.id);
  const body = h("div");
  const show = () => fill(body, ...panel(found, one, alternative, found.by[attribute]));
  show();
  return section(
    "answers",
    "How answers are spread",
    `Shares of the weight of those with an opinion. Welfare ${found.welfare.replace(/^welfare /, "")}.`,
    h(
      "div",
      { class: "controls" },
      choice("Alternative", names, 0, (chosen) => {
        alternative = chosen;
        show();
      }),
      found.by.length
        ? choice("Groups by", found.by, 0, (chosen) => {
            attribute = chosen;
            show();
          })
        : null,
    ),
    body,
  );
}

function levelsOf(found, rows) {
  const distinct = new Set();
  for (const row of rows.values) for (const value of row) if (value !== null) distinct.add(value);
  const levels = [...distinct].sort((a, b) => a - b);
  if (levels.length <= MOST_LEVELS)
    return levels.map((level) => ({ name: String(Number(level.toPrecision(4))), holds: (value) => value === level }));
  const low = Math.min(found.scale[0], levels[0]),
    high = Math.max(found.scale[1], levels[levels.length - 1]);
  const edge = (step) => low + ((high - low) * step) / BINS;
  return Array.from({ length: BINS }, (_, step) => ({
    name: `${Number(edge(step).toPrecision(3))} to ${Number(edge(step + 1).toPrecision(3))}`,
    holds: (value) => value >= edge(step) && (value < edge(step + 1) || step === BINS - 1),
  }));
}

function panel(found, one, alternative, attribute) {
  const { rows, groups } = one.recount;
  const levels = levelsOf(found, rows);
  const inside = groups.filter((group) => group.attribute === attribute);
  const short = labels(["Everybody", ...inside.map((group) => group.group)], 22);
  const parts = [
    { name: short[0], inside: () => true },
    ...inside.map((group, code) => ({
      name: `${short[code + 1]}${group.few ? " (few)" : ""}`,
      inside: (row) => rows.codes[attribute][row] === code,
    })),
  ];
  const told = parts.map(({ name, inside }) => {
    const mass = levels.map(() => 0);
    let answers = 0;
    rows.values.forEach((values, row) => {
      const value = values[alternative];
      if (value === null || !inside(row)) return;
      answers += rows.answers[row];
      mass[levels.findIndex((level) => level.holds(value))] += rows.weights[row];
    });
    const total = mass.reduce((a, b) => a + b, 0);
    return { name, answers, shares: mass.map((each) => (total ? each / total : null)) };
  });
  const cells = told.flatMap(({ name, shares }) =>
    shares.map((share, step) => ({ name, share: share ?? 0, level: levels[step].name })),
  );
  const shades = levels.map(
    (_, step) => `var(--ramp-${levels.length === 1 ? 9 : Math.round((10 * step) / (levels.length - 1))})`,
  );
  const drawn = chart(
    `Answers about ${one.alternatives[alternative].id}${attribute ? `, by ${attribute}` : ""}: from the lowest at the left to the highest at the right`,
    (width) => ({
      height: 50 + 28 * told.length,
      marginLeft: room(
        told.map((row) => row.name),
        width,
      ),
      marginRight: 28,
      color: { domain: levels.map((level) => level.name), range: shades },
      x: { label: null, tickFormat: "%", ticks: few(width), domain: [0, 1] },
      y: { label: null, domain: told.map((row) => row.name), tickSize: 0 },
      marks: [
        Plot.barX(cells, {
          y: "name",
          x: "share",
          fill: "level",
          order: levels.map((level) => level.name),
          inset: 0.5,
          stroke: "var(--paper)",
        }),
      ],
    }),
    table(
      `Answers about ${one.alternatives[alternative].id}`,
      ["Group", "Ballots", ...levels.map((level) => level.name)],
      told.map(({ name, answers, shares }) => [name, count(answers), ...shares.map((share) => percent(share))]),
    ),
  );
  const legend = h(
    "ul",
    { class: "legend" },
    levels.map((level, step) =>
      h(
        "li",
        null,
        h("span", { class: "swatch", style: `background:${shades[step]}`, "aria-hidden": "true" }),
        level.name,
      ),
    ),
  );
  drawn.firstChild.after(legend);
  return [drawn];
}
