// The page: sections of the whole run, and those of the case that is chosen.

import { h, fill, choice } from "./dom.js";
import { palette } from "./charts.js";
import { opening } from "./opening.js";
import { overview } from "./overview.js";
import { deciding } from "./deciding.js";
import { fairness } from "./fairness.js";
import { groups } from "./groups.js";
import { composition } from "./composition.js";
import { distributions } from "./distributions.js";
import { browser } from "./ballots.js";
import { trust } from "./validation.js";
import { deliberation } from "./deliberation.js";
import { whatIf } from "./whatif.js";
import { provenance } from "./provenance.js";
import { methods } from "./methods.js";

const LINKS = [
  ["verdict", "Verdict"],
  ["decided", "Decided"],
  ["fairness", "Fairness"],
  ["groups", "Who lost"],
  ["jury", "Jury"],
  ["answers", "Answers"],
  ["ballots", "Ballots"],
  ["trust", "Trust"],
  ["deliberation", "Rounds"],
  ["whatif", "What if"],
  ["provenance", "Source"],
  ["methods", "Methods"],
];

function start() {
  const found = JSON.parse(document.getElementById("data").textContent);
  const ofCase = h("div", { id: "case" }),
    picker = h("div", { class: "controls case" });
  const first = Math.max(
    0,
    found.cases.findIndex((one) => one.recount),
  );

  function choose(place, scroll) {
    const one = found.cases[place];
    const outcomes = Object.values(one.outcomes);
    const leading = [...outcomes.flatMap((outcome) => outcome.winners), ...(outcomes[0]?.ranking.flat() ?? [])];
    const styles = palette(
      leading.map((name) => one.alternatives.findIndex((item) => item.id === name)),
      one.alternatives.length,
    );
    if (found.cases.length > 1)
      fill(
        picker,
        choice(
          "Case",
          found.cases.map((each) => each.id),
          place,
          (chosen) => choose(chosen, false),
        ),
      );
    fill(
      ofCase,
      deciding(found, one, styles),
      fairness(found, one, styles),
      groups(found, one),
      distributions(found, one, styles),
    );
    if (scroll) document.getElementById("decided-title").focus();
  }

  fill(
    document.getElementById("page"),
    h(
      "nav",
      { "aria-label": "Parts of this report" },
      h(
        "ul",
        null,
        LINKS.filter(([id]) => id !== "deliberation" || found.deliberation).map(([id, words]) =>
          h("li", null, h("a", { href: `#${id}` }, words)),
        ),
      ),
    ),
    h(
      "main",
      { id: "main", tabindex: "-1" },
      opening(found),
      overview(found, (place) => choose(place, true)),
      picker,
      ofCase,
      composition(found),
      browser(found),
      trust(found),
      deliberation(found),
      whatIf(found),
      provenance(found),
      methods(found),
    ),
    h(
      "footer",
      null,
      h("p", null, found.caveat ?? "", " ", found.kind === "run" ? "A simulated jury is not people." : ""),
      h(
        "p",
        null,
        "Made by pluralistic-jury. This file asks for nothing from the network. Charts: Observable Plot and D3 (ISC).",
      ),
    ),
  );
  choose(first, false);
  const opened = [];
  addEventListener("beforeprint", () =>
    document.querySelectorAll("details:not([open])").forEach((element) => {
      element.open = true;
      opened.push(element);
    }),
  );
  addEventListener("afterprint", () =>
    opened.splice(0).forEach((element) => {
      element.open = false;
    }),
  );
  document.documentElement.dataset.ready = "true";
}

start();
