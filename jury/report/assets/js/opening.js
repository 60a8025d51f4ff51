// The first screen: who was asked, what was decided, under which fairness, who lost, how far to trust it.

import { h, listed, count, many, shorten } from "./dom.js";
import { Recount, reigns } from "./welfare.js";
import { stretchWords } from "./stretches.js";

const REASONS = 3; // on the first screen

const BELIEF = {
  yes: ["Passes the checks", "✓"],
  no: ["Do not rely on it", "✕"],
  unknown: ["Not shown to be like people", "?"],
  people: ["People's own answers", "●"],
};

export function opening(found) {
  const { decided, lost, asked, belief } = found.opening;
  const [badge, mark] = BELIEF[belief.level];
  return h(
    "section",
    { id: "verdict", "aria-labelledby": "verdict-title" },
    h("p", { class: "eyebrow" }, found.kind === "run" ? "Simulated jury" : "Ratings by people"),
    h("h1", { id: "verdict-title" }, found.name),
    found.description ? h("p", { class: "lead" }, found.description) : null,
    h("p", { class: "verdict" }, decided),
    h(
      "div",
      { class: `belief ${belief.level}` },
      h(
        "p",
        null,
        h("strong", null, h("span", { class: "mark", "aria-hidden": "true" }, mark), ` ${badge}. `),
        belief.sentence,
      ),
      belief.reasons.length
        ? h(
            "ul",
            null,
            belief.reasons.slice(0, REASONS).map((reason) => h("li", null, reason)),
            belief.reasons.length > REASONS
              ? h("li", null, `${many(belief.reasons.length - REASONS, "more reason")} below.`)
              : null,
          )
        : null,
      belief.beside.map((sentence) => h("p", { class: "beside" }, sentence)),
      h("p", { class: "more" }, h("a", { href: "#trust" }, "What its answers follow, and how sure they are")),
    ),
    h(
      "dl",
      { class: "answers" },
      answer("Who was asked", asked, ["#jury", "The jury beside its population"]),
      answer("What was decided", decisions(found), ["#decided", "Every alternative under every rule"]),
      answer("Under which fairness", fairnesses(found), ["#fairness", "Move the fairness slider"]),
      answer("Who lost", lost.length ? lost : losses(found), ["#groups", "Group by group"], true),
      answer("Every ballot", held(found), ["#ballots", "Read the ballots"]),
    ),
  );
}

function answer(term, said, [href, words], broad = false) {
  const sentences = Array.isArray(said) ? said : [said];
  return h(
    "div",
    { class: broad ? "broad" : null },
    h("dt", null, term),
    h(
      "dd",
      null,
      sentences.map((sentence) => h("p", null, sentence)),
      h("a", { href }, words),
    ),
  );
}

function losses({ by }) {
  return by.length ? "Nothing was decided, so nobody lost." : "No groups were asked about.";
}

function held({ kind, ballots: { kept, total } }) {
  const all = many(kept, "ballot");
  const some = kept < total ? `${count(kept)} of ${count(total)} ballots, drawn by lot` : all;
  return `${some}, each ${kind === "run" ? "with its exact prompt and raw answer" : "as it was given"}.`;
}

// The question, what the alternative that wins most often says, and how many verdicts there are.
function decision(one, rules) {
  const verdicts = Object.values(one.outcomes).map((outcome) => outcome.winners);
  const won = ({ id }) => verdicts.filter((winners) => winners.includes(id)).length;
  const [most] = one.alternatives.filter(won).sort((a, b) => won(b) - won(a));
  const different = new Set(verdicts.map((winners) => winners.join(" = "))).size;
  const under = `under ${many(rules.length, "rule")}`;
  return [
    shorten(one.prompt, 160),
    most && most.text !== most.id ? `${most.id}: ${shorten(most.text, 80)}` : null,
    rules.length > 1 ? (different === 1 ? `One verdict ${under}.` : `${different} different verdicts ${under}.`) : null,
  ].filter(Boolean);
}

function decisions(found) {
  const answered = found.cases.filter((one) => Object.keys(one.outcomes).length);
  if (!answered.length) return "Nothing: nobody answered any case.";
  if (answered.length === 1) return decision(answered[0], found.rules);
  const cases = `${count(answered.length)} cases`;
  if (found.rules.length === 1) return `${cases}, decided under ${found.rules[0]}.`;
  return [`${cases}, decided under ${many(found.rules.length, "rule")}.`, ...found.opening.differ];
}

// Which rules agree, and what happens to the verdict of a sole case as aversion to inequality grows.
function fairnesses(found) {
  const answered = found.cases.filter((one) => one.recount);
  if (!answered.length) return "There is nothing to weigh: nobody answered any case.";
  const rules = agreement(found.alike, found.cases.length > 1);
  if (answered.length > 1) return [rules, "Each case has its own slider."];
  const names = answered[0].alternatives.map((item) => item.id);
  const recount = new Recount(answered[0].recount, names);
  return [rules, stretchWords(recount, reigns(recount), names)];
}

function agreement(sets, several) {
  const together = sets.filter((rules) => rules.length > 1).map(listed);
  const alone = sets.filter((rules) => rules.length === 1).flat();
  if (sets.length === 1) return together.length ? `${together[0]} agree.` : `Decided by ${alone[0]} alone.`;
  const where = several ? " on some case" : "";
  if (!together.length) return `No two agree${several ? " on every case" : ""}: ${listed(alone)}.`;
  const others = alone.length ? `; ${listed(alone)} ${alone.length > 1 ? "differ" : "differs"}${where}` : "";
  if (together.length === 1) return `${together[0]} agree${others}.`;
  return `${together.join(" agree, and so do ")}, with other winners${where}${others}.`;
}
