import { answered, ask, byId, count, dollars, el, fill, foreign, number, visible, when } from "./common.js";

const key = location.pathname.split("/")[2];
const form = byId("filter");
const NAMES = ["case", "status", "round", "juror", "q"];
const LATE = ["case", "round"]; // what can be chosen is known with the first answer
let latest = 0;

function wanted() {
  const given = new URLSearchParams(location.search);
  for (const name of NAMES) if (!LATE.includes(name)) form.elements[name].value = given.get(name) ?? "";
  return given;
}

function go(changes) {
  const given = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) if (value) given.set(name, value); else given.delete(name);
  history.pushState(null, "", `?${given}`);
  return show();
}

const block = (heading, text) => [el("h3", {}, heading), el("pre", { tabindex: "0" }, visible(text))];

function whole(found) {
  const replies = found.replies.map((reply, place) => {
    const many = found.replies.length > 1 ? ` ${place + 1}` : "";
    const tokens = reply.input_tokens === null ? "tokens unknown" : `${reply.input_tokens} tokens read, ${reply.output_tokens} written`;
    const facts = [reply.model, tokens, dollars(reply.cost_usd), `${number(reply.seconds, 2)} s`, count(reply.attempts, "attempt"),
      reply.source === "model" ? null : `from the ${reply.source}`, reply.finish_reason, reply.refused ? "declined by the provider" : null];
    return [
      reply.messages.map((message) => block(`Prompt${many}, ${message.role}`, message.text)),
      block(`Raw reply${many}`, reply.text || (reply.logprobs ? "(read off the probabilities of its first token)" : "(empty)")),
      reply.logprobs ? block(`Log-probabilities${many}`, JSON.stringify(reply.logprobs, null, 1)) : [],
      el("ul", { class: "facts" }, facts.filter(Boolean).map((each) => el("li", {}, foreign(each)))),
      Object.keys(reply.parameters).length ? block(`Parameters sent${many}`, JSON.stringify(reply.parameters)) : [],
    ].flat(Infinity);
  });
  const facts = [`persona ${found.persona}`, `weight ${number(found.weight, 2)}`,
    ...Object.entries(found.attributes).map(([name, value]) => `${name}: ${value}`),
    found.label_mass === null ? null : `label mass ${number(found.label_mass, 2)}`, `seed ${found.seed}`, `${when(found.answered_at)} UTC`];
  return [
    el("ul", { class: "facts" }, facts.filter(Boolean).map((each) => el("li", {}, foreign(each)))),
    el("p", { class: "small" }, "Shown in this order: ", foreign(found.shown.map((name, place) =>
      found.labels[place] ? `${found.labels[place]}: ${name}` : name).join(", "))),
    found.heard ? el("p", { class: "small" }, "Heard before: ", foreign(JSON.stringify(found.heard))) : null,
    found.problem ? el("p", {}, foreign(found.problem)) : null,
    found.exact ? null : el("p", { class: "small" }, "The prompt is put together from the parts that were kept."),
    ...replies.flat(),
    found.replies.length ? null : el("p", {}, "Nothing came back."),
  ];
}

function line(ballot, place, rounds) {
  const inside = el("div", { id: `whole-${place}`, hidden: true });
  const names = [ballot.juror, ballot.case, rounds ? `round ${ballot.round}` : null, ballot.stage === "answer" ? null : ballot.stage, ballot.replicate ? `replicate ${ballot.replicate}` : null, ballot.status];
  const button = el("button", {
    type: "button", class: "plain", "aria-expanded": "false", "aria-controls": inside.id,
    onclick: async () => {
      const open = button.getAttribute("aria-expanded") === "true";
      button.setAttribute("aria-expanded", String(!open));
      inside.hidden = open;
      if (open || inside.childElementCount) return;
      try {
        fill(inside, ...whole(await ask(`/api/run/${key}/ballot?${new URLSearchParams(ballot.key)}`)));
      } catch (error) {
        fill(inside, foreign(error.message));
      }
    },
  }, foreign(names.filter(Boolean).join(" · ")));
  return el("li", { class: "ballot" }, el("h2", {}, button),
    el("p", { class: "answer" }, foreign(ballot.problem ?? answered(ballot.answer))),
    inside);
}

function pages(found) {
  const turn = (name, page, usable) => el("button", { type: "button", disabled: !usable, onclick: () => go({ page: String(page) }) }, name);
  return [turn("Earlier", found.page - 1, found.page > 1), `Page ${found.page} of ${found.pages}${found.more ? " or more" : ""}`,
    turn("Later", found.page + 1, found.more ? found.ballots.length > 0 : found.page < found.pages)];
}

async function show() {
  const given = wanted();
  const mine = (latest += 1);
  fill(byId("message"), "Looking …");
  try {
    const found = await ask(`/api/run/${key}/ballots?${given}`);
    if (mine !== latest) return; // a later question has been asked
    fill(byId("name"), "Ballots of ", foreign(found.name));
    document.title = visible(`Ballots of ${found.name}`);
    const up = found.large ? ["Overview", "/live"] : ["Report", ""];
    fill(byId("back"), "› ", el("a", { href: `/run/${key}${up[1]}` }, up[0]), " › Ballots");
    const cases = byId("case");
    if (cases.length === 1) cases.append(...found.cases.map((name) => el("option", { value: name }, name)));
    const rounds = form.elements.round;
    if (found.rounds && rounds.length === 1) rounds.append(...Array.from({ length: found.rounds + 1 }, (_, each) => el("option", { value: String(each) }, String(each))));
    byId("rounds").hidden = !found.rounds;
    for (const name of LATE) form.elements[name].value = given.get(name) ?? "";
    fill(byId("message"), found.more ? `More than ${count(found.matching, "ballot")} match.` : `${count(found.matching, "ballot")} ${found.matching === 1 ? "matches" : "match"}.`);
    byId("ballots").replaceChildren(...found.ballots.map((each, place) => line(each, place, found.rounds)));
    fill(byId("pager"), ...pages(found));
    byId("pager").hidden = found.pages === 1 && !found.more;
  } catch (error) {
    if (mine === latest) fill(byId("message"), foreign(error.message));
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  go({ ...Object.fromEntries(NAMES.map((name) => [name, form.elements[name].value.trim()])), page: "" });
});
for (const name of ["case", "status", "round"]) form.elements[name].addEventListener("change", () => form.requestSubmit());
addEventListener("popstate", show);
show();
