// The fairness slider: aversion to inequality from utilitarian through Nash to max-min, recounted from the ballots.

import { h, section, table, number, percent, fill, choice, many } from "./dom.js";
import { chart, swatch } from "./charts.js";
import { Recount, reigns, place, alphaAt } from "./welfare.js";
import { alphaWords, stretchWords } from "./stretches.js";
import { lines, ribbon, chances } from "./curves.js";
import { tipping, paying } from "./paying.js";

const NAMED = [
  [0, "Utilitarian", "the sum of welfare"],
  [1, "Nash", "the product of welfare"],
  [2, "α = 2", "inequality counts for more"],
  [Infinity, "Max-min", "the worst-off alone"],
];

export function fairness(found, one, styles) {
  if (!one.recount) return section("fairness", "Which fairness?", "Nobody answered this case.");
  const names = one.alternatives.map((item) => item.id);
  const recount = new Recount(one.recount, names);
  const stretches = reigns(recount);
  const attributes = found.by;
  let alpha = 1,
    attribute = 0;

  const counts = new Map();
  // What a group would choose at this alpha if nobody else had a say.
  function alone(name, code) {
    const key = `${attributes.indexOf(name)} ${code}`;
    if (!one.recount.rows) return null;
    if (!counts.has(key))
      counts.set(key, new Recount(one.recount, names, (row) => one.recount.rows.codes[name][row] === code));
    return (
      counts
        .get(key)
        .at(alpha)
        .winners.map((column) => names[column])
        .join(" = ") || null
    );
  }

  const slider = h("input", {
    type: "range",
    id: "alpha-slider",
    min: 0,
    max: 1,
    step: "any",
    value: 0.5,
    oninput: () => set(alphaAt(Number(slider.value))),
    onkeydown: keys,
  });
  const exact = h("input", {
    type: "text",
    id: "alpha-exact",
    inputmode: "decimal",
    size: 8,
    autocomplete: "off",
    spellcheck: "false",
    onchange: () => typed(),
  });
  const said = h("p", { class: "verdict small", id: "fairness-said", role: "status" });
  const scores = h("div"),
    groups = h("div"),
    problem = h("p", { class: "note", role: "alert" });

  function keys(event) {
    const step = { ArrowLeft: -0.01, ArrowDown: -0.01, ArrowRight: 0.01, ArrowUp: 0.01, PageDown: -0.1, PageUp: 0.1 }[
      event.key
    ];
    if (!step) return;
    event.preventDefault();
    set(alphaAt(Math.min(Math.max(Math.round((Number(slider.value) + step) * 1000) / 1000, 0), 1)));
  }

  function typed() {
    const text = exact.value.trim().toLowerCase();
    const value = ["∞", "inf", "infinity"].includes(text) ? Infinity : Number(text.replace(",", "."));
    const wrong = text === "" || !(value >= 0);
    fill(problem, wrong ? `“${exact.value}” is no aversion to inequality: give 0 or more, or inf.` : "");
    exact.setAttribute("aria-invalid", String(wrong));
    if (!wrong) set(value);
  }

  function set(value) {
    alpha = value;
    slider.value = place(alpha);
    slider.setAttribute("aria-valuetext", `alpha ${alphaWords(alpha)}`);
    exact.value = alphaWords(alpha);
    exact.setAttribute("aria-invalid", "false");
    fill(problem, "");
    show();
  }

  function show() {
    const outcome = recount.at(alpha);
    const before = recount.at(0);
    const winners = outcome.winners.map((winner) => names[winner]);
    fill(
      said,
      h("strong", null, winners.join(" = ") || "Nobody"),
      winners.length > 1 ? " tie" : " wins",
      ` at α = ${alphaWords(alpha)}${named(alpha)}.`,
      outcome.fewest ? " Every alternative leaves somebody with nothing; fewest at nothing decides." : "",
      sure(one, outcome.winners, alpha),
    );
    const order = outcome.scores
      .map((score, column) => column)
      .sort((a, b) => (outcome.scores[b] ?? -Infinity) - (outcome.scores[a] ?? -Infinity));
    fill(
      scores,
      table(
        `At α = ${alphaWords(alpha)}: the welfare that, had by everybody alike, is worth as much`,
        ["Alternative", "Welfare", "At α = 0"],
        order.map((column) => [
          h(
            "th",
            { scope: "row", class: "text" },
            swatch(styles[column]),
            names[column],
            outcome.winners.includes(column) ? " ★" : "",
          ),
          h(
            "td",
            {
              class: "number",
              "data-score": outcome.scores[column],
              "data-alternative": names[column],
              "data-wins": String(outcome.winners.includes(column)),
            },
            number(outcome.scores[column], 3),
          ),
          number(before.scores[column], 3),
        ]),
        { name: "fairness-scores" },
      ),
    );
    fill(
      groups,
      attributes.length
        ? paying(one, names, attributes[attribute], outcome.winners, before.winners, alpha, alone)
        : h("p", { class: "note" }, "No groups were asked about: name them with --by."),
    );
    curve.redraw();
  }

  const curve = chart(
    `Welfare of each alternative as aversion to inequality grows. ${stretchWords(recount, stretches, names)}`,
    (width) => lines(recount, names, styles, stretches, alpha, width),
  );
  const body = section(
    "fairness",
    "Which fairness?",
    "How much should inequality count? At the left only the sum of welfare counts, at the right only the worst-off juror. Everything here is recounted from the ballots in this page.",
    h(
      "div",
      { class: "slider" },
      h(
        "div",
        { class: "field grow" },
        h("label", { for: "alpha-slider" }, "Aversion to inequality α"),
        slider,
        ribbon(stretches, names, styles),
      ),
      h("div", { class: "field" }, h("label", { for: "alpha-exact" }, "Exactly"), exact),
      h(
        "div",
        { class: "buttons", role: "group", "aria-label": "Well-known rules" },
        NAMED.map(([value, words, meaning]) =>
          h("button", { type: "button", title: meaning, onclick: () => set(value) }, words),
        ),
      ),
    ),
    problem,
    said,
    curve,
    tipping(stretches, names),
    one.chances ? chances(one.chances, names, styles) : null,
    h(
      "div",
      { class: "columns" },
      h("div", null, h("h3", null, "Welfare"), scores),
      h(
        "div",
        null,
        h("h3", null, "Which group pays"),
        attributes.length > 1
          ? choice("Groups by", attributes, attribute, (chosen) => {
              attribute = chosen;
              show();
            })
          : null,
        groups,
      ),
    ),
    h("p", { class: "note" }, note(found, one)),
  );
  set(1);
  return body;
}

// How often the winners would win had other jurors been drawn, at the nearest point that was tried.
function sure({ chances: tried }, winners, alpha) {
  if (!tried || !winners.length) return "";
  const near = Math.round(place(alpha) * (tried.at.length - 1));
  const share = winners.reduce((sum, winner) => sum + tried.shares[near][winner], 0);
  return ` Had other jurors been drawn, ${winners.length > 1 ? "one of these" : "it"} would win in ${percent(share)} of drawings.`;
}

function named(alpha) {
  const known = NAMED.find(([value]) => value === alpha);
  return known ? ` (${known[0] === 2 ? "" : `${known[1]}: `}${known[2]})` : "";
}

const held = ({ values, answers }) =>
  answers.reduce((sum, each, row) => (values[row].some((value) => value !== null) ? sum + each : sum), 0);

function note(found, one) {
  const { disagreement, rows } = one.recount;
  const from = disagreement
    ? ` Gains are measured from ${disagreement}, the bottom of the scale, as utilities go below 0.`
    : "";
  const counted = rows
    ? `${many(held(rows), "ballot")} with an opinion, equal ones counted together`
    : "more different ballots than a page holds: the slider snaps to outcomes computed beforehand";
  return `Welfare ${found.welfare.replace(/^welfare /, "")}. The isoelastic family (Atkinson): the power mean with exponent 1 − α, in log space, with the jurors' weights; no opinion is left out. Where somebody has nothing and α is 1 or more, fewest at nothing wins first.${from} From ${counted}.`;
}
