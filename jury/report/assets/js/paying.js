// Where verdicts tip, and what they mean for groups.

import { h, table, count, number, signed, percent, listed } from "./dom.js";
import { fate } from "./welfare.js";
import { alphaWords } from "./stretches.js";

export function tipping(stretches, names) {
  if (stretches.length < 2)
    return h(
      "p",
      { class: "note" },
      "No tipping point: nothing overtakes the winner at any α strictly between 0 and ∞.",
    );
  const winner = (one) => one.winners.map((column) => names[column]).join(" = ");
  const rows = stretches
    .slice(1)
    .map((one, step) => [
      h("th", { scope: "row", class: "text", "data-tip": one.low }, alphaWords(one.low)),
      winner(stretches[step]),
      winner(one),
    ]);
  return table("Tipping points: where the winner changes", ["α", "Below it", "Above it"], rows, {
    text: 3,
    name: "tipping",
  });
}

export function paying(one, names, attribute, winners, before, alpha, alone) {
  const rows = one.recount.groups
    .filter((group) => group.attribute === attribute)
    .map((group, code) => ({
      group,
      now: fate(group, winners),
      then: fate(group, before),
      chooses: alone(attribute, code),
    }));
  const told = rows.filter(({ now, group }) => now.regret !== null && !group.few);
  const worst = told.length ? told.reduce((a, b) => (b.now.regret > a.now.regret ? b : a)) : null;
  const sentence = !told.length
    ? "Every group is too small to say anything about."
    : worst.now.regret <= 0
      ? "Every group that is large enough to tell gets its own best."
      : `${worst.group.group} pays most: ${number(worst.now.regret)} less than under its own best, ${listed(worst.now.favourites.map((column) => names[column]))}.`;
  return [
    h("p", null, sentence),
    table(
      `Groups by ${attribute} at α = ${alphaWords(alpha)}`,
      [
        "Group",
        "Lost",
        h("th", { scope: "col", class: "text" }, "Alone it chooses"),
        "Welfare",
        "Against α = 0",
        "Jurors",
        "Weight",
      ],
      rows.map(({ group, now, then, chooses }) => [
        h("th", { scope: "row", class: "text" }, group.group, group.few ? h("small", null, " (few)") : ""),
        h(
          "td",
          { class: now.loses ? "number lost" : "number", "data-regret": now.regret, "data-group": group.group },
          number(now.regret),
          now.loses ? " L" : "",
        ),
        h("td", { class: "text", "data-alone": group.group }, chooses ?? "–"),
        number(now.welfare),
        now.welfare === null || then.welfare === null ? "–" : signed(now.welfare - then.welfare),
        count(group.jurors),
        percent(group.weight),
      ]),
      { name: "fairness-groups" },
    ),
    h(
      "p",
      { class: "note" },
      "Lost: mean welfare under the group's own best, less that under the winner. L: none of the group's own best alternatives wins. (few): under ten jurors, too few to say anything about the group. Differences here have no interval; those of the rules are below.",
    ),
  ];
}
