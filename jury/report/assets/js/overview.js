// Several cases: who wins which, and the way to each of them.

import { h, section, table, count, unique, fill, shorten } from "./dom.js";

const MOST = 100;

// Where prompts begin alike, as a survey's do, they are told apart by what follows.
function told(cases) {
  const prompts = cases.map((one) => one.prompt);
  if (prompts.every((prompt, place) => prompt === cases[place].id)) return null;
  let alike = 0;
  while (alike < prompts[0].length && prompts.every((prompt) => prompt[alike] === prompts[0][alike])) alike += 1;
  const from = prompts[0].slice(0, alike).lastIndexOf(" ") + 1;
  return prompts.map((prompt) => (from > 40 ? `… ${prompt.slice(from)}` : prompt));
}

export function overview(found, choose) {
  if (found.cases.length < 2) return null;
  const id = unique("filter");
  const prompts = told(found.cases);
  const body = h("div");
  const input = h("input", { type: "search", id, autocomplete: "off", oninput: show, placeholder: "name or prompt" });
  function show() {
    const wanted = input.value.toLowerCase();
    const places = [...found.cases.keys()].filter((place) =>
      `${found.cases[place].id}\n${found.cases[place].prompt}`.toLowerCase().includes(wanted),
    );
    const rows = places.slice(0, MOST).map((place) => {
      const one = found.cases[place];
      return [
        h(
          "th",
          { scope: "row", class: "text" },
          h("button", { type: "button", class: "link", onclick: () => choose(place) }, shorten(one.id, 60)),
        ),
        ...(prompts ? [shorten(prompts[place], 90)] : []),
        ...found.rules.map((rule) => one.outcomes[rule]?.winners.join(" = ") ?? "–"),
      ];
    });
    fill(
      body,
      table(
        `Winners by case${places.length > MOST ? `: the first ${MOST} of ${count(places.length)}, search for others` : ""}`,
        ["Case", ...(prompts ? ["Prompt"] : []), ...found.rules],
        rows,
        { text: 2 + found.rules.length, name: "overview" },
      ),
    );
  }
  show();
  return section(
    "cases",
    `All ${count(found.cases.length)} cases`,
    "Choose one to see its alternatives, its fairness slider and its answers.",
    h("div", { class: "controls" }, h("div", { class: "field grow" }, h("label", { for: id }, "Find a case"), input)),
    body,
  );
}
