// How far to trust the jury: what its answers follow, the gate, and its answers beside people's.

import { h, section, table, number, percent, span, count } from "./dom.js";
import { chart, few, labels, room } from "./charts.js";

export function trust(found) {
  const { belief } = found.opening;
  return section(
    "trust",
    "How far to trust this",
    null,
    h("p", { class: `belief ${belief.level}` }, h("strong", null, belief.sentence)),
    belief.reasons.length && !found.validation
      ? h(
          "ul",
          null,
          belief.reasons.map((reason) => h("li", null, reason)),
        )
      : null,
    explained(found),
    h(
      "ul",
      { class: "sentences" },
      belief.words.map((sentence) => h("li", null, sentence)),
    ),
    found.validation
      ? people(found.validation)
      : found.kind === "run"
        ? h("p", { class: "note" }, "No people's answers stand beside these: give some with --human.")
        : null,
  );
}

const FOLLOWED = {
  alternative: "which alternative it is",
  position: "the position at which it was shown",
  label: "the label that it had",
  model: "which model answers",
  juror: "how generous the juror is",
};

function explained(found) {
  const shares = found.trust.explained;
  if (!shares) return null;
  const rows = Object.entries(FOLLOWED)
    .filter(([name]) => shares[name])
    .map(([name, words]) => ({ name: words, found: shares[name].found, chance: shares[name].by_chance }));
  return chart(
    `What the ${count(shares.ratings)} ratings follow, as a share of their variation; ticks are what noise would give`,
    (width) => ({
      height: 50 + 28 * rows.length,
      marginLeft: room(
        rows.map((row) => row.name),
        width,
      ),
      marginRight: 30,
      x: { label: null, tickFormat: "%", ticks: few(width, 5), zero: true, grid: true, nice: true },
      y: { label: null, domain: rows.map((row) => row.name), tickSize: 0 },
      marks: [
        Plot.barX(rows, { y: "name", x: "found", fill: "var(--c1)", inset: 4 }),
        Plot.tickX(rows, { y: "name", x: "chance", stroke: "currentColor", strokeWidth: 2 }),
        Plot.ruleX([0]),
      ],
    }),
    table(
      "Share of the variation of ratings",
      ["Follows", "Found", "Noise would"],
      rows.map((row) => [row.name, percent(row.found), percent(row.chance)]),
    ),
  );
}

function people(found) {
  const measure = found.measure;
  const words = measure === "tv" ? "total variation" : "share of the scale that the mass moves";
  const rows = found.groups
    .map((row) => ({
      ...row[measure],
      uniform: row[`${measure}_uniform`]?.value ?? null,
      floor: row[`${measure}_floor`]?.value ?? null,
      attribute: row.attribute,
      group: row.group,
    }))
    .filter((row) => row.value !== null && row.value !== undefined);
  const short = labels(
    rows.map((row) => (row.attribute ? `${row.group} (${row.attribute})` : "everybody")),
    36,
  );
  const shown = rows.map((row, place) => ({ ...row, name: short[place] }));
  return h(
    "div",
    { id: "validation" },
    h("h3", null, "Beside people's answers"),
    h(
      "p",
      null,
      `${found.humans}; ${count(found.cases)} cases. Jurors are closer to people than an even spread is on ${count(found.closer_than_uniform)} of ${count(found.items.length)}.`,
    ),
    h("h4", null, "The gate"),
    table(
      "What conclusions about groups rest on",
      ["Check", "Asked", "Found", "Passed"],
      found.gate.checks.map((check) => [
        check.name,
        check.asked,
        check.words,
        check.passed === null ? "cannot be told" : check.passed ? "yes" : "no",
      ]),
      { text: 4 },
    ),
    chart(
      `Distance to people (${words}), mean over cases: lower is closer. Ticks: an even spread.`,
      (width) => ({
        height: 46 + 26 * shown.length,
        marginLeft: room(
          shown.map((row) => row.name),
          width,
        ),
        marginRight: 28,
        marginBottom: 26,
        x: { label: null, zero: true, grid: true, ticks: few(width) },
        y: { label: null, domain: shown.map((row) => row.name), tickSize: 0 },
        marks: [
          Plot.ruleX([0]),
          Plot.ruleY(
            shown.filter((row) => row.low !== null),
            { y: "name", x1: "low", x2: "high", stroke: "var(--c1)", strokeWidth: 2 },
          ),
          Plot.dot(shown, { y: "name", x: "value", r: 5, fill: "var(--c1)" }),
          Plot.tickX(
            shown.filter((row) => row.uniform !== null),
            { y: "name", x: "uniform", stroke: "currentColor", strokeWidth: 2, inset: 4 },
          ),
        ],
      }),
      table(
        "Distance to people",
        ["Group", "Distance", "Even spread", "A perfect model"],
        shown.map((row) => [
          row.name,
          span(row.value, row.low, row.high, (value) => number(value, 3)),
          number(row.uniform, 3),
          number(row.floor, 3),
        ]),
      ),
    ),
    table(
      "Would they have decided alike?",
      ["Rule", "Same winners", "By lot"],
      found.verdicts.map((row) => [
        row.rule,
        row.alike ? span(row.alike.value, row.alike.low, row.alike.high, percent) : "–",
        percent(row.by_chance),
      ]),
    ),
  );
}
