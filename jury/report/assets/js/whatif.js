// What would have been decided otherwise, from the same ballots.

import { h, section, table, signed, percent, span, count, many } from "./dom.js";

const MOST = 200;

export function whatIf(found) {
  if (!found.what_if.length)
    return section(
      "whatif",
      "What if",
      found.kind === "run"
        ? "No what-ifs are in this page: name some under scenarios: in the study, with --vary, or ask jury whatif."
        : "No what-ifs are in this page: name some with --vary, or ask jury whatif.",
    );
  return section("whatif", "What if", found.what_if[0].caveat, found.what_if.map(sweep));
}

function sweep({ title, said, rows, baseline, keys, needs_new_ballots, resamples }) {
  const several = new Set(rows.map((row) => row.case)).size > 1;
  const points = (value) => signed(value === null ? null : 100 * value, 0);
  const heads = [
    ...(several ? ["Case"] : []),
    "Scenario",
    "Verdict",
    "Chance of the baseline's verdict",
    "Change in points",
    "All together",
    "Flips",
    "Rests on",
  ];
  const body = rows
    .slice(0, MOST)
    .map((row) => [
      ...(several ? [row.case] : []),
      row.scenario || keys.map((key) => `${key}=${row[key]}`).join(", "),
      row.note
        ? `not answered: ${row.note}`
        : h("td", { class: row.changed ? "text lost" : "text" }, row.verdict, row.changed ? " (another)" : ""),
      span(row.chance, row.chance_low, row.chance_high, percent),
      row.change === null ? "–" : `${points(row.change)} [${points(row.change_low)}, ${points(row.change_high)}]`,
      row.together_low === null ? "–" : `[${points(row.together_low)}, ${points(row.together_high)}]`,
      percent(row.flips),
      many(row.behind, "juror"),
    ]);
  return h(
    "div",
    { class: "sweep" },
    h("h3", null, title),
    said.map((sentence) => h("p", null, sentence)),
    table(
      `Against ${baseline.rule}${baseline.jurors ? ` of ${baseline.jurors} jurors` : " of everybody"}; ${count(resamples)} bootstraps of the jurors`,
      heads,
      body,
      { text: several ? 3 : 2 },
    ),
    rows.length > MOST
      ? h("p", { class: "note" }, `${count(rows.length - MOST)} more rows: jury whatif has them all.`)
      : null,
    needs_new_ballots.length
      ? h("p", { class: "note" }, `Only new ballots can answer ${count(needs_new_ballots.length)} more.`)
      : null,
  );
}
