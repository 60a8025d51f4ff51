// The first screen: who was asked, what was decided, under which fairness, who lost, how far to trust it.

import { h, listed, count, shorten } from "./dom.js";
import { Recount, reigns } from "./welfare.js";

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
              ? h("li", null, `${belief.reasons.length - REASONS} more reasons are below.`)
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
      answer("Who lost", lost.length ? lost : "No groups were asked about.", ["#groups", "Group by group"], true),
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

function held({ kind, ballots: { kept, total } }) {
  const many =
    kept < total
      ? `${count(kept)} of ${count(total)} ballots, drawn by lot`
      : `${count(kept)} ballot${kept === 1 ? "" : "s"}`;
  return `${many}, each ${kind === "run" ? "with its exact prompt and raw answer" : "as it was given"}.`;
}

function decisions(found) {
  const answered = found.cases.filter((one) => Object.keys(one.outcomes).length);
  if (!answered.length) return "Nothing: nobody answered any case.";
  if (answered.length === 1) {
    const winners = new Set(
      Object.values(answered[0].outcomes).map((outcome) => outcome.winners.join(" = ") || "nobody"),
    );
    return [
      shorten(answered[0].prompt, 160),
      `${winners.size === 1 ? "One verdict" : `${winners.size} different verdicts`} under ${found.rules.length} rule${found.rules.length > 1 ? "s" : ""}.`,
    ];
  }
  const differ = found.audit.disagreements.length;
  const cases = `${count(answered.length)} cases`;
  if (found.rules.length === 1) return `${cases}, decided under ${found.rules[0]}.`;
  return `${cases}; the rules disagree on ${differ ? count(differ) : "none"} of them.`;
}

// What happens to the verdict of a sole case as aversion to inequality grows.
function fairnesses(found) {
  const sets = found.alike.map((rules) => listed(rules));
  const rules =
    sets.length === 1
      ? found.rules.length > 1
        ? `${sets[0]} agree.`
        : `${sets[0]} alone decided.`
      : `${sets.join("; ")} part ways.`;
  const answered = found.cases.filter((one) => one.recount);
  if (answered.length !== 1) return `${rules} Each case has its own slider.`;
  const names = answered[0].alternatives.map((item) => item.id);
  const stretches = reigns(new Recount(answered[0].recount, names));
  return [rules, stretchWords(stretches, names)];
}

export function stretchWords(stretches, names) {
  const winner = (one) => one.winners.map((place) => names[place]).join(" = ") || "nobody";
  if (!stretches.length) return "";
  if (stretches.length === 1)
    return `However much inequality counts, from the sum of welfare to the worst-off, ${winner(stretches[0])} wins.`;
  const rest = stretches.slice(1).map((one) => `${winner(one)} from α = ${alphaWords(one.low)}`);
  return `As inequality counts for more, ${winner(stretches[0])} gives way to ${rest.join(", then ")}.`;
}

export function alphaWords(alpha) {
  return alpha === Infinity ? "∞" : Number(alpha.toPrecision(3)).toString();
}
