import { again, ask, badge, byId, count, denominators, dollars, el, fill, foreign, keepingFocus, size, tell, when } from "./common.js";

const verdicts = new Map(); // run -> what it decides, and at how many ballots that was
let chosen = [];
let queue = Promise.resolve(); // verdicts are asked for one after the other

function verdictOf(run) {
  const now = `${run.stored} ${run.finished}`;
  const known = verdicts.get(run.key) ?? { of: "", found: null, asking: false, rests: 0 };
  verdicts.set(run.key, known);
  const rests = run.state === "going on" && Date.now() < known.rests; // the run itself needs the machine too
  if (known.of !== now && !known.asking && !rests) {
    known.asking = true;
    let begun = 0;
    queue = queue.then(() => { begun = Date.now(); return ask(`/api/run/${run.key}/verdict`); }).then((found) => {
      Object.assign(known, { of: now, found, rests: Date.now() + 4 * (Date.now() - begun) });
      const place = byId(`verdict-${run.key}`);
      if (place) fill(place, ...words(run, found));
    }).catch(() => {}).finally(() => { known.asking = false; });
  }
  return known.found; // of a run that grows the one before, until there is another
}

function words(run, found) {
  if (!found) return [el("span", { class: "soft" }, "…")];
  if (found.why) return [el("span", { class: "soft" }, `No verdict here: ${found.why}.`)];
  const provisional = run.state === "complete" ? null
    : el("span", { class: "soft" }, ` Provisional, of ${count(found.answered, "ballot")}.`);
  return [foreign(found.sentence), provisional];
}

function pick(run) {
  const box = el("input", {
    type: "checkbox", "aria-label": `Compare ${run.name} (${run.file})`, value: run.key,
    onchange: () => {
      chosen = box.checked ? [...chosen, run.key].slice(-2) : chosen.filter((key) => key !== run.key);
      for (const each of document.querySelectorAll(".pick input")) each.checked = chosen.includes(each.value);
      told();
    },
  });
  box.checked = chosen.includes(run.key);
  return box;
}

function told() {
  byId("compare").disabled = chosen.length !== 2;
  byId("chosen").textContent = chosen.length === 2 ? "" : `Choose two runs to compare; ${chosen.length} chosen.`;
}

function card(run) {
  if (run.problem) {
    return el("li", { class: "run" }, el("div", { class: "pick" }), el("div", {},
      el("h2", {}, foreign(run.file), badge(run)), el("p", { class: "soft" }, foreign(run.problem))));
  }
  const going = run.state === "going on";
  const main = going || run.large || !run.counts.answered ? `/run/${run.key}/live` : `/run/${run.key}`;
  return el("li", { class: "run" },
    el("div", { class: "pick" }, run.counts.answered && !run.large ? pick(run) : null),
    el("div", {},
      el("h2", {}, el("a", { href: main }, foreign(run.name)), badge(run)),
      going ? el("progress", { max: run.asked, value: run.stored, "aria-label": `Ballots of ${run.name}` }) : null,
      run.stored ? el("p", { class: "verdict", id: `verdict-${run.key}` }, words(run, verdictOf(run))) : null,
      el("ul", { class: "facts" },
        el("li", {}, foreign(run.model)), el("li", {}, count(run.jurors, "juror")), el("li", {}, count(run.cases, "case")),
        run.rounds ? el("li", {}, `${count(run.rounds, "round")} of deliberation`) : null,
        el("li", {}, denominators(run)), el("li", {}, dollars(run.cost_usd)), el("li", {}, `begun ${when(run.begun)} UTC`),
        el("li", {}, foreign(run.file), ` (${size(run.bytes)})`)),
      el("ul", { class: "links" },
        run.counts.answered && !run.large ? el("li", {}, el("a", { href: `/run/${run.key}` }, "Report")) : null,
        run.stored ? el("li", {}, el("a", { href: `/run/${run.key}/ballots` }, "Ballots")) : null,
        el("li", {}, el("a", { href: `/run/${run.key}/live` }, going ? "Live" : "Overview")))));
}

// Of many runs, those whose card has every word.
function sift() {
  const words = byId("find").value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const each of byId("runs").children) {
    const text = each.textContent.toLowerCase();
    each.hidden = !words.every((word) => text.includes(word));
  }
}

let before = "";

async function look() {
  try {
    const found = await ask("/api/runs");
    const now = JSON.stringify(found);
    if (now !== before) {
      before = now;
      chosen = chosen.filter((key) => found.runs.some((run) => run.key === key && !run.problem));
      tell(byId("message"), found.runs.length ? `${count(found.runs.length, "file")} in ${found.folder}.`
        : `No runs in ${found.folder}. Make one with jury simulate.`);
      byId("choose").hidden = !found.runs.length;
      keepingFocus(byId("runs"), () => byId("runs").replaceChildren(...found.runs.map(card)));
      byId("finding").hidden = found.runs.length < 6 && !byId("find").value;
      sift();
      told();
    }
  } catch (error) {
    before = ""; // what comes next is told anew
    tell(byId("message"), error.message);
  }
  return true;
}

byId("choose").addEventListener("submit", (event) => {
  event.preventDefault();
  if (chosen.length === 2) location.href = `/compare?a=${chosen[0]}&b=${chosen[1]}`;
});
byId("find").addEventListener("input", sift);
byId("find").addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
again(look, 2000);
