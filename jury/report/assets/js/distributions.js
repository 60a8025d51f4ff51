// How answers are spread, for everybody and in each group, from the ballots in the page.

import { h, section, table, percent, count, choice, fill } from "./dom.js";
import { chart, few, labels, room, swatch } from "./charts.js";

const MOST_LEVELS = 11;
const BINS = 5;

export function distributions(found, one, styles) {
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
  const chosen = found.mode === "choose";
  const show = () => {
    const spread = chosen ? choices(one, styles) : scores(found, one, alternative);
    fill(body, panel(one, spread, found.by[attribute]));
  };
  show();
  return section(
    "answers",
    "How answers are spread",
    `Shares of the weight of those with an opinion. Welfare ${found.welfare.replace(/^welfare /, "")}.`,
    h(
      "div",
      { class: "controls" },
      chosen
        ? null
        : choice("Alternative", names, 0, (place) => {
            alternative = place;
            show();
          }),
      found.by.length
        ? choice("Groups by", found.by, 0, (place) => {
            attribute = place;
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

// What a row adds to each level: all of it to the alternative that was chosen,
function choices(one, styles) {
  const names = labels(one.alternatives.map((item) => item.id));
  return {
    words: "What was chosen",
    order: "",
    levels: names.map((name, place) => ({ name, colour: styles[place].colour })),
    parts: (values) => (values.includes(null) ? null : values),
  };
}

// or to the level of what it says of one alternative.
function scores(found, one, alternative) {
  const levels = levelsOf(found, one.recount.rows);
  const shade = (step) => (levels.length === 1 ? 9 : Math.round((10 * step) / (levels.length - 1)));
  return {
    words: `Answers about ${one.alternatives[alternative].id}`,
    order: ": from the lowest at the left to the highest at the right",
    levels: levels.map(({ name }, step) => ({ name, colour: `var(--ramp-${shade(step)})` })),
    parts: (values) =>
      values[alternative] === null ? null : levels.map((level) => Number(level.holds(values[alternative]))),
  };
}

function panel(one, { words, order, levels, parts: partsOf }, attribute) {
  const { rows, groups } = one.recount;
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
      const added = inside(row) ? partsOf(values) : null;
      if (added === null) return;
      answers += rows.answers[row];
      added.forEach((part, step) => {
        mass[step] += rows.weights[row] * part;
      });
    });
    const total = mass.reduce((a, b) => a + b, 0);
    return { name, answers, shares: mass.map((each) => (total ? each / total : null)) };
  });
  const cells = told.flatMap(({ name, shares }) =>
    shares.map((share, step) => ({ name, share: share ?? 0, level: levels[step].name })),
  );
  const drawn = chart(
    `${words}${attribute ? `, by ${attribute}` : ""}${order}`,
    (width) => ({
      height: 50 + 28 * told.length,
      marginLeft: room(
        told.map((row) => row.name),
        width,
      ),
      marginRight: 28,
      color: { domain: levels.map((level) => level.name), range: levels.map((level) => level.colour) },
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
      words,
      ["Group", "Ballots", ...levels.map((level) => level.name)],
      told.map(({ name, answers, shares }) => [name, count(answers), ...shares.map((share) => percent(share))]),
    ),
  );
  const legend = h(
    "ul",
    { class: "legend" },
    levels.map(({ name, colour }) => h("li", null, swatch({ colour }), name)),
  );
  drawn.firstChild.after(legend);
  return drawn;
}
