// How the run came about, in full.

import { h, section, count, details } from "./dom.js";

export function provenance(found) {
  const given = found.provenance;
  const { asked, answered, refused, unparsed, failed, missing, no_opinion } = given.denominators;
  const population = given.population ?? {};
  const facts = [
    [
      "Ballots",
      `${count(asked)} asked, ${count(answered)} answered, ${count(refused)} refused, ${count(unparsed)} unparsed, ${count(failed)} failed, ${count(missing)} missing; ${count(no_opinion)} of the answered without an opinion`,
    ],
    ["Replies not read", given.unread_replies ? count(given.unread_replies) : null],
    ["Run file", given.run],
    ["Model", given.model],
    ["Readout", given.readout],
    ["Layout", given.layout],
    ["Seed", given.seed],
    ["Fingerprint", given.fingerprint],
    ["Design", given.design],
    ["Population", population.title],
    ["Source", population.citation],
    ["Year", population.year],
    ["Universe", population.universe],
    ["Licence", population.licence],
    ["Asked from", given.created],
    ["Until", given.finished],
    [
      "Cost",
      given.cost_usd === undefined
        ? null
        : given.cost_usd === null
          ? "not known"
          : `$${given.cost_usd.toFixed(4)}${given.possible_cost_usd ? `, and at most $${given.possible_cost_usd.toFixed(4)} for requests without an answer` : ""}`,
    ],
    ["Version", given.version],
    ["Python", given.python],
    [
      "Packages",
      given.packages &&
        Object.entries(given.packages)
          .map(([name, version]) => `${name} ${version}`)
          .join(", "),
    ],
  ].filter(([, said]) => said !== null && said !== undefined && said !== "");
  return section(
    "provenance",
    "Where this comes from",
    null,
    h(
      "dl",
      { class: "facts wide" },
      facts.map(([term, said]) => h("div", null, h("dt", null, term), h("dd", null, said))),
    ),
    (population.notes ?? []).length
      ? details(
          "Notes of the source",
          h(
            "ul",
            null,
            population.notes.map((note) => h("li", null, note)),
          ),
        )
      : null,
    (given.answered_by ?? []).length
      ? details(
          "Effective parameters, as sent",
          given.answered_by.map((row) =>
            h(
              "div",
              null,
              h("h3", null, `${row.model ?? "a model that does not name itself"}: ${count(row.replies)} replies`),
              h("pre", { tabindex: "0" }, JSON.stringify(row.parameters, null, 1)),
            ),
          ),
        )
      : null,
    given.study
      ? details("The study as it was run", h("pre", { tabindex: "0" }, JSON.stringify(given.study, null, 1)))
      : null,
  );
}
