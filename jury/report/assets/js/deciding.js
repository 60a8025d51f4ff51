// The alternatives of a case under each rule, with intervals.

import { h, section, table, span, percent, count, many, listed, tied, movable, details } from "./dom.js";
import { chart, few, labels, room, swatch } from "./charts.js";

const MANY = 10; // alternatives, beyond which their texts are folded in

export function deciding(found, one, styles) {
  const names = one.alternatives.map((item) => item.id);
  const rules = Object.keys(one.outcomes);
  const undecided = Object.entries(one.undecided);
  const lowest = rules.filter((rule) => found.rules_told[rule].lowest);
  return section(
    "decided",
    "What was decided",
    found.cases.length > 1 && one.prompt !== one.id ? `Case ${one.id}.` : null,
    movable(h("blockquote", { class: "prompt", dir: "auto" }, one.prompt)),
    one.alternatives.length > MANY
      ? details(`All ${one.alternatives.length} alternatives`, texts(one, styles))
      : texts(one, styles),
    rules.length ? null : h("p", { class: "note" }, "Nobody answered this case."),
    h(
      "div",
      { class: "multiples" },
      rules.map((rule) => small(rule, found.rules_told[rule].summary, one.outcomes[rule], names, styles)),
    ),
    rules.length
      ? h(
          "p",
          { class: "note" },
          `Filled marks win; every tied winner is filled. Higher is better: ${found.welfare}; rules of votes have scores of their own. ${intervals(found, one)} ${many(one.jurors, "juror")} gave an opinion.`,
        )
      : null,
    lowest.length && found.resamples && one.jurors > 1
      ? h(
          "p",
          { class: "note" },
          `Under ${listed(lowest)} drawings tell too little: nobody worse off than those who were asked can be drawn, so that the lowest welfare only rises in them, and what others might bring is left out.`,
        )
      : null,
    rules.length ? summary(one, names, rules) : null,
    undecided.map(([rule, reason]) => h("p", { class: "note" }, `${rule} could not decide: ${reason}`)),
  );
}

function intervals({ resamples }, { jurors }) {
  if (!resamples) return "Too many ballots for intervals of every rule: see jury audit.";
  if (jurors < 2) return "One juror alone gives no intervals.";
  return `Intervals (95%, each on its own): ${count(resamples)} drawings of other jurors.`;
}

function texts(one, styles) {
  return h(
    "ol",
    { class: "alternatives" },
    one.alternatives.map((item, place) =>
      h(
        "li",
        null,
        swatch(styles[place]),
        h("strong", null, item.id),
        item.text === item.id ? null : movable(h("span", { class: "text", dir: "auto" }, item.text)),
      ),
    ),
  );
}

function small(rule, meaning, outcome, names, styles) {
  const short = labels(names, 22);
  const rows = names.map((name, place) => ({
    name: short[place],
    score: outcome.scores ? outcome.scores[place] : null,
    low: outcome.low[place],
    high: outcome.high[place],
    wins: outcome.winners.includes(name),
    colour: styles[place].colour,
  }));
  const winners = tied(outcome.winners);
  const says = h("p", { class: "note" }, meaning);
  if (!outcome.scores) {
    return h(
      "div",
      { class: "card" },
      h("h3", null, rule),
      h("p", null, h("strong", null, winners), outcome.winners.length > 1 ? " tie" : " wins"),
      says,
      h("p", { class: "note" }, `Order: ${outcome.ranking.map((tier) => tier.join(" = ")).join(" > ")}`),
    );
  }
  const told = rows.filter((row) => row.score !== null);
  const drawn = chart(`${rule}: ${winners} ${outcome.winners.length > 1 ? "tie" : "wins"}`, (width) => ({
    height: 34 + 26 * told.length,
    marginLeft: room(
      told.map((row) => row.name),
      width,
    ),
    marginRight: 24,
    x: { label: null, ticks: few(width, 5), nice: true, grid: true },
    y: { label: null, domain: told.map((row) => row.name), tickSize: 0 },
    marks: [
      Plot.ruleY(
        told.filter((row) => row.low !== null),
        { y: "name", x1: "low", x2: "high", stroke: "colour", strokeWidth: 2 },
      ),
      Plot.dot(told, {
        y: "name",
        x: "score",
        r: 5,
        stroke: "colour",
        strokeWidth: 2,
        fill: (row) => (row.wins ? row.colour : "var(--paper)"),
      }),
    ],
  }));
  drawn.firstChild.after(says);
  return h("div", { class: "card" }, drawn);
}

function summary(one, names, rules) {
  const rows = names.map((name, place) => [
    name,
    ...rules.map((rule) => {
      const { scores, low, high, winners, ranking, win_share } = one.outcomes[rule];
      const won = winners.includes(name);
      const rank = ranking.findIndex((tier) => tier.includes(name)) + 1;
      const said = scores ? span(scores[place], low[place], high[place]) : rank ? `rank ${rank}` : "–";
      return h(
        "td",
        { class: won ? "number won" : "number", "data-score": scores ? scores[place] : null },
        won ? "★ " : "",
        said,
        win_share ? h("small", null, ` wins ${percent(win_share[place])} of drawings`) : null,
      );
    }),
  ]);
  return table(
    "Scores with intervals, and how often each would win had other jurors been drawn (★ wins)",
    ["Alternative", ...rules],
    rows,
  );
}
