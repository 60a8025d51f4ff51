// What hearing each other changed: before anybody was heard, and after the last round.

import { h, section, table, number, percent, span, count } from "./dom.js";

const MOST = 100;

export function deliberation(found) {
  const given = found.deliberation;
  if (!given) return null;
  const several = given.cases > 1;
  const won = (winners) => winners.join(" = ") || "no verdict";
  const verdicts = given.verdicts
    .slice(0, MOST)
    .map((row) => [
      ...(several ? [row.case] : []),
      row.rule,
      won(row.before),
      h("td", { class: row.changed ? "text lost" : "text" }, won(row.after), row.changed ? " (another)" : ""),
      percent(row.differs),
    ]);
  const figures = ["polarisation", "variance", "disagreement"].filter((name) =>
    given.divisions.some((row) => row[name] !== undefined && row[name] !== null),
  );
  return section(
    "deliberation",
    "What deliberation changed",
    `${count(given.rounds)} round${given.rounds > 1 ? "s" : ""} in which jurors heard each other${given.rounds < given.of ? `, of ${given.of} that the study has` : ""}. Everything else on this page is of the last round.`,
    given.said.map((sentence) => h("p", null, sentence)),
    table(
      `Verdicts before and after; the last column is the share of ${count(given.resamples)} drawings of the jurors in which they differ`,
      [...(several ? ["Case"] : []), "Rule", "Before", "After", "Differs"],
      verdicts,
      { text: several ? 4 : 3 },
    ),
    given.silencing.length
      ? table(
          "Who gave way to the majority (positive silencing: the minority gave way more often)",
          ["Group", "Of the minority", "Yielded", "Of the majority", "Left", "Silencing"],
          given.silencing.map((row) => [
            row.group,
            count(row.minority),
            percent(row.yielding),
            count(row.majority),
            percent(row.leaving),
            span(row.silencing, row.silencing_low, row.silencing_high, percent),
          ]),
        )
      : null,
    table(
      "How divided the jury is, by round (lower is more at one)",
      ["Round", ...figures],
      given.divisions.map((row) => [String(row.round), ...figures.map((name) => number(row[name], 3))]),
    ),
    given.cautions.map((caution) => h("p", { class: "note" }, caution)),
  );
}
