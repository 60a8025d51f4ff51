// The fairness slider: aversion to inequality from utilitarian through Nash to max-min, recounted from the ballots.

import { h, section, table, number, percent, listed, fill, choice } from "./dom.js";
import { chart, label, swatch } from "./charts.js";
import { Recount, reigns, place, alphaAt, fate } from "./welfare.js";
import { alphaWords, stretchWords } from "./opening.js";

const STEPS = 64;
const TICKS = [0, 0.25, 0.5, 1, 2, 4, 10, Infinity];
const NAMED = [[0, "Utilitarian", "the sum of welfare"], [1, "Nash", "the product of welfare"], [2, "α = 2", "inequality counts for more"], [Infinity, "Max-min", "the worst-off alone"]];

export function fairness(found, one, styles) {
  if (!one.recount) return section("fairness", "Which fairness?", "Nobody answered this case.");
  const names = one.alternatives.map((item) => item.id);
  const recount = new Recount(one.recount, names);
  const stretches = reigns(recount);
  const attributes = found.by;
  let alpha = 1, attribute = 0;

  const counts = new Map();
  // What a group would choose at this alpha if nobody else had a say.
  function alone(name, code) {
    const key = `${attributes.indexOf(name)} ${code}`;
    if (!one.recount.rows) return null;
    if (!counts.has(key)) counts.set(key, new Recount(one.recount, names, (row) => one.recount.rows.codes[name][row] === code));
    return counts.get(key).at(alpha).winners.map((column) => names[column]).join(" = ") || null;
  }

  const slider = h("input", { type: "range", id: "alpha-slider", min: 0, max: 1, step: "any", value: 0.5, oninput: () => set(alphaAt(Number(slider.value))), onkeydown: keys });
  const exact = h("input", { type: "text", id: "alpha-exact", inputmode: "decimal", size: 8, autocomplete: "off", spellcheck: "false", onchange: () => typed() });
  const said = h("p", { class: "verdict small", id: "fairness-said", role: "status" });
  const scores = h("div"), groups = h("div"), problem = h("p", { class: "note", role: "alert" });

  function keys(event) {
    const step = { ArrowLeft: -0.01, ArrowDown: -0.01, ArrowRight: 0.01, ArrowUp: 0.01, PageDown: -0.1, PageUp: 0.1 }[event.key];
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
    fill(said, h("strong", null, winners.join(" = ") || "Nobody"), winners.length > 1 ? " tie" : " wins", ` at α = ${alphaWords(alpha)}${named(alpha)}.`, sure(one, outcome.winners, alpha));
    const order = outcome.scores.map((score, column) => column).sort((a, b) => (outcome.scores[b] ?? -Infinity) - (outcome.scores[a] ?? -Infinity));
    fill(scores, table(`At α = ${alphaWords(alpha)}: the welfare that, had by everybody alike, is worth as much`, ["Alternative", "Welfare", "At α = 0"], order.map((column) => [
      h("th", { scope: "row", class: "text" }, swatch(styles[column]), names[column], outcome.winners.includes(column) ? " ★" : ""),
      h("td", { class: "number", "data-score": outcome.scores[column], "data-alternative": names[column], "data-wins": String(outcome.winners.includes(column)) }, number(outcome.scores[column], 3)),
      number(before.scores[column], 3),
    ]), { name: "fairness-scores" }));
    fill(groups, attributes.length ? paying(one, names, attributes[attribute], outcome.winners, before.winners, alpha, alone) : h("p", { class: "note" }, "No groups were asked about: name them with --by."));
    curve.redraw();
  }

  const curve = chart(`Welfare of each alternative as aversion to inequality grows. ${stretchWords(stretches, names)}`, (width) => lines(recount, names, styles, stretches, alpha, width));
  const body = section(
    "fairness",
    "Which fairness?",
    "How much should inequality count? At the left only the sum of welfare counts, at the right only the worst-off juror. Everything here is recounted from the ballots in this page.",
    h(
      "div",
      { class: "slider" },
      h("div", { class: "field grow" }, h("label", { for: "alpha-slider" }, "Aversion to inequality α"), slider, ribbon(stretches, names, styles)),
      h("div", { class: "field" }, h("label", { for: "alpha-exact" }, "Exactly"), exact),
      h("div", { class: "buttons", role: "group", "aria-label": "Well-known rules" }, NAMED.map(([value, words, meaning]) => h("button", { type: "button", title: meaning, onclick: () => set(value) }, words))),
    ),
    problem,
    said,
    curve,
    tipping(stretches, names),
    one.chances ? chances(one.chances, names, styles) : null,
    h("div", { class: "columns" }, h("div", null, h("h3", null, "Welfare"), scores), h("div", null, h("h3", null, "Which group pays"), attributes.length > 1 ? choice("Groups by", attributes, attribute, (chosen) => { attribute = chosen; show(); }) : null, groups)),
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

function chances({ at, shares, resamples }, names, styles) {
  const bands = at.flatMap((point, step) => names.map((name, column) => ({ point, column: String(column), share: shares[step][column] })));
  const columns = names.map((_, column) => String(column));
  const numbers = table("How often each would win", ["α", ...names], at.filter((_, step) => step % 4 === 0).map((point) => [alphaWords(alphaAt(point)), ...shares[at.indexOf(point)].map((share) => percent(share))]));
  const drawn = chart(`How often each alternative would win had other jurors been drawn (${resamples} drawings): where bands share the height, the verdict hangs on who sits in the jury`, (width) => ({
    height: 170,
    marginLeft: 44, marginRight: 18, marginTop: 8, marginBottom: 28,
    x: { domain: [0, 1], ticks: (width < 480 ? [0, 1, Infinity] : TICKS).map(place), tickFormat: (point) => alphaWords(Number(alphaAt(point).toPrecision(6))), label: null },
    y: { domain: [0, 1], ticks: 3, tickFormat: "%", label: null },
    color: { domain: columns, range: styles.map((style) => style.colour) },
    marks: [Plot.areaY(bands, { x: "point", y: "share", fill: "column", order: columns, stroke: "var(--paper)", strokeWidth: 1 })],
  }), numbers);
  drawn.firstChild.after(h("ul", { class: "legend" }, names.flatMap((name, column) => (styles[column].named ? [h("li", null, swatch(styles[column]), label(name, 40))] : []))));
  return drawn;
}

function named(alpha) {
  const known = NAMED.find(([value]) => value === alpha);
  return known ? ` (${known[0] === 2 ? "" : `${known[1]}: `}${known[2]})` : "";
}

function note(found, one) {
  const { disagreement, rows } = one.recount;
  const from = disagreement ? ` Gains are measured from ${disagreement}, the bottom of the scale, as utilities go below 0.` : "";
  const counted = rows ? `${rows.answers.reduce((a, b) => a + b, 0)} ballots, equal ones counted together` : "more different ballots than a page holds: the slider snaps to outcomes computed beforehand";
  return `Welfare ${found.welfare.replace(/^welfare /, "")}. The isoelastic family (Atkinson): the power mean with exponent 1 − α, in log space, with the jurors' weights; no opinion is left out. Where somebody has nothing and α is 1 or more, fewest at nothing wins first.${from} From ${counted}.`;
}

function ribbon(stretches, names, styles) {
  return h(
    "div",
    { class: "ribbon", "aria-hidden": "true" },
    stretches.map((one) => {
      const width = 100 * (place(one.high) - place(one.low));
      const winner = one.winners.map((column) => names[column]).join(" = ");
      return h("span", { style: `width:${width}%;--own:${styles[one.winners[0]]?.colour ?? "var(--c0)"}`, title: winner }, width > 14 ? label(winner, Math.round(width / 3)) : "");
    }),
  );
}

function tipping(stretches, names) {
  if (stretches.length < 2) return h("p", { class: "note" }, "No tipping point: one alternative leads at every α strictly between 0 and ∞.");
  const winner = (one) => one.winners.map((column) => names[column]).join(" = ");
  const rows = stretches.slice(1).map((one, step) => [h("th", { scope: "row", class: "text", "data-tip": one.low }, alphaWords(one.low)), winner(stretches[step]), winner(one)]);
  return table("Tipping points: where the winner changes", ["α", "Below it", "Above it"], rows, { text: 3, name: "tipping" });
}

function lines(recount, names, styles, stretches, alpha, width) {
  const points = Array.from({ length: STEPS + 1 }, (_, step) => step / STEPS).flatMap((at) =>
    recount.at(alphaAt(at)).scores.map((score, column) => ({ at, score, column })).filter((point) => point.score !== null));
  const now = recount.at(alpha);
  const marked = now.scores.map((score, column) => ({ at: place(alpha), score, column, wins: now.winners.includes(column) })).filter((point) => point.score !== null);
  const ends = points.filter((point) => point.at === 0 && styles[point.column].named);
  const ticks = width < 480 ? [0, 0.5, 1, 3, Infinity] : TICKS;
  return {
    height: Math.max(240, Math.min(380, width * 0.45)),
    marginTop: 30, marginBottom: 50, marginLeft: 44, marginRight: 18,
    x: { domain: [0, 1], ticks: ticks.map(place), tickFormat: (at) => alphaWords(Number(alphaAt(at).toPrecision(6))), label: "aversion to inequality α →", labelAnchor: "center" },
    y: { label: "↑ welfare", nice: true, grid: true, ticks: 5 },
    marks: [
      stretches.slice(1).map((one) => Plot.ruleX([place(one.low)], { stroke: "var(--ink-2)", strokeDasharray: "3 3" })),
      // Words near an end stay within the picture.
      [["start", 0, 0.12], ["middle", 0.12, 0.88], ["end", 0.88, 1.01]].map(([textAnchor, from, to]) =>
        Plot.text(stretches.slice(1).filter((one) => place(one.low) >= from && place(one.low) < to), { x: (one) => place(one.low), frameAnchor: "top", dy: -20, text: (one) => `tips at ${alphaWords(one.low)}`, fill: "currentColor", textAnchor })),
      styles.map((style, column) => Plot.line(points.filter((point) => point.column === column), { x: "at", y: "score", stroke: style.colour, strokeWidth: style.named ? 2.5 : 1.2, strokeDasharray: style.dash || null })),
      Plot.ruleX([place(alpha)], { stroke: "currentColor", strokeWidth: 1.5 }),
      Plot.dot(marked, { x: "at", y: "score", r: 5, stroke: (point) => styles[point.column].colour, fill: (point) => (point.wins ? styles[point.column].colour : "var(--paper)"), strokeWidth: 2 }),
      Plot.text(spread(ends), { x: 0, y: "y", dx: 6, dy: -10, text: (point) => label(names[point.column], width < 480 ? 14 : 26), textAnchor: "start", fill: (point) => styles[point.column].colour, stroke: "var(--paper)", strokeWidth: 4, fontWeight: 600 }),
    ],
  };
}

// Labels of lines, moved apart where they would lie upon each other.
function spread(points) {
  const sorted = [...points].sort((a, b) => a.score - b.score);
  const range = Math.max(...sorted.map((point) => point.score)) - Math.min(...sorted.map((point) => point.score)) || 1;
  let least = -Infinity;
  return sorted.map((point) => {
    least = Math.max(point.score, least + range * 0.12);
    return { ...point, y: least };
  });
}

function paying(one, names, attribute, winners, before, alpha, alone) {
  const rows = one.recount.groups.filter((group) => group.attribute === attribute).map((group, code) => ({ group, now: fate(group, winners), then: fate(group, before), chooses: alone(attribute, code) }));
  const told = rows.filter(({ now, group }) => now.regret !== null && !group.few);
  const worst = told.length ? told.reduce((a, b) => (b.now.regret > a.now.regret ? b : a)) : null;
  const sentence = !told.length ? "Every group is too small to say anything about." : worst.now.regret <= 0 ? "Every group that is large enough to tell gets its own best." : `${worst.group.group} pays most: ${number(worst.now.regret)} less than under its own best, ${listed(worst.now.favourites.map((column) => names[column]))}.`;
  return [
    h("p", null, sentence),
    table(`Groups by ${attribute} at α = ${alphaWords(alpha)}`, ["Group", "Jurors", "Weight", "Welfare", "Lost", "Against α = 0", "Alone it chooses"], rows.map(({ group, now, then, chooses }) => [
      h("th", { scope: "row", class: "text" }, group.group, group.few ? h("small", null, " (few)") : ""),
      String(group.jurors),
      percent(group.weight),
      number(now.welfare),
      h("td", { class: now.loses ? "number lost" : "number", "data-regret": now.regret, "data-group": group.group }, number(now.regret), now.loses ? " L" : ""),
      now.welfare === null || then.welfare === null ? "–" : `${now.welfare - then.welfare > 0 ? "+" : ""}${number(now.welfare - then.welfare)}`,
      h("td", { class: "text", "data-alone": group.group }, chooses ?? "–"),
    ]), { name: "fairness-groups" }),
    h("p", { class: "note" }, "Lost: mean welfare under the group's own best, less that under the winner. L: none of the group's own best alternatives wins. (few): under ten jurors, too few to say anything about the group. Differences here have no interval; those of the rules are below."),
  ];
}
