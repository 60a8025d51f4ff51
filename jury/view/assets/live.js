import { again, answered, ask, badge, byId, clock, count, denominators, dollars, el, fill, foreign, keepingFocus, number, table, tell, visible, when } from "./common.js";

const key = location.pathname.split("/")[2];
let asked = ""; // how many ballots the verdict shown is of
let turn = 0;
let before = ""; // the run as it is shown

function short(answer) {
  const text = answered(answer);
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}

function state(run) {
  const rate = run.latest?.rate ?? null;
  const going = run.state === "going on";
  const facts = [
    foreign(run.model), count(run.jurors, "juror"), count(run.cases, "case"), dollars(run.cost_usd),
    run.possible_usd ? `up to $${run.possible_usd.toFixed(4)} more may have been billed` : null,
    going && rate ? `${number(rate, 1)} ballots a second` : null,
    going && rate && run.missing ? `about ${clock(run.missing / rate)} left` : null,
    `begun ${when(run.begun)} UTC`, run.finished ? `ended ${when(run.finished)} UTC` : null,
  ].filter(Boolean);
  const lacking = run.missing + run.counts.failed;
  return [
    el("p", {}, badge(run), " ", denominators(run), "."),
    el("progress", { max: run.asked, value: run.stored, "aria-labelledby": "far" }),
    el("ul", { class: "facts" }, facts.map((each) => el("li", {}, each))),
    run.state === "incomplete" && lacking
      ? el("p", {}, `Nobody is asking at present; jury simulate with --resume asks the ${count(lacking, "ballot")} that are missing.`) : null,
    el("ul", { class: "links" },
      run.counts.answered && !run.large ? el("li", {}, el("a", { href: `/run/${key}` }, "Report")) : null,
      run.large ? el("li", {}, "Report: with jury report, as it takes minutes") : null,
      run.stored ? el("li", {}, el("a", { href: `/run/${key}/ballots` }, "All ballots")) : null),
  ];
}

async function verdict(run) {
  const now = `${run.stored} ${run.state}`;
  if (now === asked || !run.stored) return;
  const found = await ask(`/api/run/${key}/verdict`);
  asked = now;
  const provisional = run.state !== "complete";
  fill(byId("sentence"),
    found.why ? el("p", { class: "soft" }, `No verdict here: ${found.why}.`) : el("p", { class: "verdict" }, foreign(found.sentence)),
    provisional && !found.why ? el("p", { class: "soft" }, `Provisional, of ${count(found.answered, "ballot")} so far: it may change with those that are missing.`) : null,
    found.why ? null : el("p", { class: "soft small" }, "Who loses, and how sure this is, stands in the report."),
    run.caveat ? el("p", { class: "soft small" }, foreign(run.caveat)) : null);
  byId("verdict").hidden = false;
}

function show(run) {
  tell(byId("name"), run.name);
  document.title = visible(`${run.name}: ${run.state}`);
  tell(byId("message"), [run.description, run.population].filter(Boolean).join(" — "));
  keepingFocus(byId("state"), () => fill(byId("state"), ...state(run)));
  byId("progress").hidden = false;
  if (!run.latest?.ballots.length) return;
  fill(byId("latest"), table("", ["juror", "case", "status", "answer", "at (UTC)"], run.latest.ballots.map((each) =>
    [each.juror, each.case, each.status, each.problem ?? short(each.answer), { number: when(each.answered_at) }])));
  byId("newest").hidden = false;
}

async function look() {
  try {
    const run = await ask(`/api/run/${key}`);
    if (run.problem) {
      tell(byId("message"), `${run.file} cannot be read: ${run.problem}`);
      return true;
    }
    const now = JSON.stringify(run);
    if (now !== before) show(run); // who reads, or marks text, is not disturbed for nothing
    before = now;
    if (run.state !== "going on" || turn % 2 === 0) await verdict(run);
    turn += 1;
  } catch (error) {
    before = "";
    tell(byId("message"), error.message);
  }
  return true;
}

again(look, 1500);
