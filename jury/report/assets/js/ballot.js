// One ballot, whole: who, the exact prompt, the raw answers, the order of options, cost.

import { h, count, many, number, details } from "./dom.js";

const MOST_SHOWN = 200000; // characters of one text that are laid out at once

export function answerWords(found, row) {
  const { ballots, cases } = found;
  const place = ballots.answer?.[row];
  const answer = place === null || place === undefined ? {} : ballots.values[place];
  const status = ballots.texts[ballots.status[row]];
  if (status !== "answered") {
    const problem = ballots.problem?.[row];
    return problem === null || problem === undefined ? status : ballots.texts[problem];
  }
  if (answer.scores)
    return Object.entries(answer.scores)
      .map(([name, score]) => `${name} ${score === null ? "–" : Number(score.toPrecision(4))}`)
      .join(" · ");
  if ("choice" in answer) return answer.choice === null ? "no opinion" : `chooses ${answer.choice}`;
  if (answer.approved) return answer.approved.length ? `approves ${answer.approved.join(", ")}` : "approves nothing";
  if (answer.ranking) return answer.ranking.map((tier) => (Array.isArray(tier) ? tier.join(" = ") : tier)).join(" > ");
  if (answer.shares)
    return Object.entries(answer.shares)
      .map(([name, share]) => `${name} ${Math.round(100 * share)}%`)
      .join(" · ");
  if (answer.comparisons)
    return answer.comparisons
      .map(([one, other, won]) =>
        won === null
          ? `${one} ? ${other}`
          : won === 0.5
            ? `${one} = ${other}`
            : won > 0.5
              ? `${one} > ${other}`
              : `${other} > ${one}`,
      )
      .join(" · ");
  return JSON.stringify(answer);
}

function block(title, text, marks = {}) {
  const said = String(text);
  const cut = said.length > MOST_SHOWN ? `${said.slice(0, MOST_SHOWN)}…` : said;
  return h(
    "div",
    { class: "quoted" },
    h("h3", null, title),
    h("pre", { tabindex: "0", dir: "auto", ...marks }, cut),
    cut === said
      ? null
      : h("p", { class: "note" }, `${count(said.length)} characters; the first ${count(MOST_SHOWN)} are shown.`),
  );
}

// The messages that were sent for one question, as `jury.backends.base.Request.messages` puts them together.
function messages(found, row, question) {
  const { ballots, jurors, cases } = found;
  const text = (place) => (place === null || place === undefined ? "" : ballots.texts[place]);
  const replies = ballots.replies[row];
  const wordings = jurors.wordings[ballots.juror[row]];
  const persona = wordings.length ? jurors.texts[wordings[ballots.replicate[row] % wordings.length]] : "";
  const caseFirst = ballots.layout === "case-first";
  const context = text(ballots.context[row]);
  const earlier = cases[ballots.case[row]].follows[question] ?? [];
  const turns = [...(ballots.prior?.[row] ?? []), ...earlier.map((before) => [replies[before][0], replies[before][1]])];
  const asks = [...turns.map(([ask]) => text(ask)), text(replies[question][0])];
  const leading = caseFirst ? [context, persona] : persona ? [context] : [persona, context];
  return [
    ...(!caseFirst && persona ? [{ role: "system", text: persona }] : []),
    { role: "user", text: [...leading.filter(Boolean), asks[0]].join("\n\n") },
    ...turns.flatMap(([, reply], step) => [
      { role: "assistant", text: text(reply) },
      { role: "user", text: asks[step + 1] },
    ]),
  ];
}

function conversation(found, row, question) {
  return messages(found, row, question).map(({ role, text }) =>
    block(`Prompt (${role})`, text, { "data-role": role, "data-question": question }),
  );
}

function asked(found, row, question, text, value) {
  const reply = found.ballots.replies[row][question];
  const several = found.ballots.replies[row].length > 1;
  const parts = [
    conversation(found, row, question),
    block(
      several ? `Raw answer (${question + 1})` : "Raw answer",
      text(reply[1]) || "(no text: the answer was read off the probabilities of its first token)",
      { "data-role": "raw" },
    ),
    reply[4] === null ? null : block("Log-probabilities", JSON.stringify(value(reply[4]), null, 1)),
    Object.keys(value(reply[3]) ?? {}).length
      ? details("Parameters as sent", h("pre", { tabindex: "0" }, JSON.stringify(value(reply[3]), null, 1)))
      : null,
  ];
  return question ? details(`Question ${question + 1}`, parts) : parts;
}

export function openBallot(found, row) {
  const { ballots, jurors, cases } = found;
  const juror = ballots.juror[row];
  const one = cases[ballots.case[row]];
  const replies = ballots.replies?.[row] ?? [];
  const text = (place) => (place === null || place === undefined ? null : ballots.texts[place]);
  const value = (place) => (place === null || place === undefined ? null : ballots.values[place]);
  const shown = value(ballots.shown?.[row]) ?? [];
  const labels = value(ballots.labels?.[row]) ?? [];
  const heard = value(ballots.heard?.[row]);
  const rationale = value(ballots.answer?.[row])?.opinion;
  const facts = [
    ["Case", one.id],
    ["Status", text(ballots.status[row])],
    ["Replicate", ballots.replicate?.[row] ? String(ballots.replicate[row] + 1) : null],
    ["Round", ballots.round?.[row] ? String(ballots.round[row]) : null],
    ["Heard", heard && heard.jurors ? heard.jurors.map((other) => jurors.name[other]).join(", ") : null],
    ["Weight", number(jurors.weight[juror], 3)],
    ["Model", replies.length ? text(replies[0][2]) : jurors.model?.[juror]],
    [
      "Order shown",
      shown.length
        ? shown
            .map((place, step) => `${labels[step] ? `${labels[step]}: ` : ""}${one.alternatives[place].id}`)
            .join(", ")
        : null,
    ],
    [
      "Label mass",
      ballots.mass?.[row] === null || ballots.mass?.[row] === undefined ? null : number(ballots.mass[row], 3),
    ],
    [
      "Cost",
      ballots.cost?.[row] === null || ballots.cost?.[row] === undefined ? null : `$${ballots.cost[row].toFixed(6)}`,
    ],
    ["Tokens", replies.length ? `${count(total(replies, 6))} read, ${count(total(replies, 7))} written` : null],
    [
      "Took",
      replies.length
        ? `${number(total(replies, 9), 2)} s, ${many(total(replies, 10), "attempt")}, from ${[...new Set(replies.map((reply) => text(reply[11])))].join(", ")}`
        : null,
    ],
    ["Seed", ballots.seed?.[row] ?? null],
    ["Answered", ballots.at?.[row] ?? null],
    ["Problem", text(ballots.problem?.[row])],
  ].filter(([, said]) => said !== null && said !== undefined && said !== "");
  const attributes = Object.entries(jurors.attributes).map(([name, { levels, codes }]) => [name, levels[codes[juror]]]);
  const close = h("button", { type: "button", class: "close", onclick: () => dialog.close() }, "Close");
  const dialog = h(
    "dialog",
    {
      class: "ballot",
      "aria-labelledby": "ballot-title",
      onclose: () => dialog.remove(),
      onclick: (event) => event.target === dialog && dialog.close(),
    },
    h(
      "article",
      null,
      h("header", null, h("h2", { id: "ballot-title" }, `Ballot of ${jurors.name[juror]}`), close),
      h("p", { class: "verdict small" }, answerWords(found, row)),
      h(
        "dl",
        { class: "facts" },
        [...attributes, ...facts].map(([term, said]) => h("div", null, h("dt", null, term), h("dd", null, said))),
      ),
      rationale ? block("Opinion, in its own words", rationale) : null,
      replies.map((_, question) => asked(found, row, question, text, value)),
      replies.length ? null : block("Answer", JSON.stringify(value(ballots.answer?.[row]) ?? {}, null, 1)),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  close.focus();
}

function total(replies, column) {
  return replies.reduce((sum, reply) => sum + (reply[column] ?? 0), 0);
}
