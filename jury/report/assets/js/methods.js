// A paragraph for a paper, and the references that it cites.

import { h, section, fill } from "./dom.js";

export function methods(found) {
  const { paragraph, bibtex, rules } = found.methods;
  const cited = Object.entries(rules).filter(([, words]) => words);
  return section(
    "methods",
    "For a paper",
    "Ready to paste; keys in brackets are those of the BibTeX below.",
    copied("Methods paragraph", paragraph),
    copied("BibTeX", bibtex, true),
    cited.length
      ? h(
          "div",
          null,
          h("h3", null, "What the rules rest on"),
          h(
            "dl",
            { class: "facts wide" },
            cited.map(([rule, words]) => h("div", null, h("dt", null, rule), h("dd", null, words))),
          ),
        )
      : null,
  );
}

function copied(title, text, code = false) {
  const done = h("span", { role: "status", class: "note" });
  const body = code ? h("pre", { tabindex: "0" }, text) : h("p", { class: "paragraph" }, text);
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      fill(done, "Copied.");
    } catch {
      getSelection().selectAllChildren(body);
      fill(done, "Selected: copy it with the keyboard.");
    }
  }
  return h(
    "div",
    { class: "copied" },
    h("h3", null, title),
    h("button", { type: "button", onclick: copy }, `Copy the ${code ? "BibTeX" : "paragraph"}`),
    done,
    body,
  );
}
