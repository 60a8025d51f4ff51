// The browser of ballots: filters, search, and a list that holds only the rows in sight.

import { h, section, choice, count, fill, shorten, unique } from "./dom.js";
import { openBallot, answerWords } from "./ballot.js";

const ROW = 60; // pixels, as in css/controls.css
const SPARE = 8; // rows drawn beyond the window

export function browser(found) {
  const all = found.ballots;
  const rows = Array.from(all.juror, (_, row) => row);
  const told = rows.map(() => null);
  const chosen = { status: 0, attribute: 0, level: 0, case: 0, round: 0, alternative: 0, text: "" };
  const statuses = [...new Set(all.status)];
  const attributes = Object.keys(found.jurors.attributes);
  const list = virtual(found, (row) => openBallot(found, row));
  const hits = h("p", { class: "note", role: "status", id: "ballot-count" });
  const levels = h("div", { class: "slot" }),
    picks = h("div", { class: "slot" });

  const text = (row) => (told[row] ??= searched(found, row));
  function holds(row) {
    const { status, attribute, level, alternative, text: wanted } = chosen;
    if (status && all.status[row] !== statuses[status - 1]) return false;
    if (chosen.round && all.round[row] !== rounds[chosen.round - 1]) return false;
    if (chosen.case && all.case[row] !== chosen.case - 1) return false;
    if (attribute && level && found.jurors.attributes[attributes[attribute - 1]].codes[all.juror[row]] !== level - 1)
      return false;
    if (chosen.case && alternative && !favourites(all, row).includes(alternative - 1)) return false;
    return !wanted || text(row).includes(wanted);
  }
  function show() {
    const inside = rows.filter(holds);
    const sampled =
      all.kept < all.total
        ? ` These are ${count(all.kept)} drawn by lot from ${count(all.total)}; jury view and jury export reach all of them.`
        : "";
    fill(hits, `${count(inside.length)} of ${count(all.kept)} ballots.${sampled}`);
    list.show(inside);
  }
  function pickLevel() {
    const name = attributes[chosen.attribute - 1];
    chosen.level = 0;
    fill(
      levels,
      name
        ? choice(
            name,
            ["any", ...found.jurors.attributes[name].levels.map((level) => level || "not stated")],
            0,
            (place) => {
              chosen.level = place;
              show();
            },
          )
        : null,
    );
  }
  function pickAlternative() {
    chosen.alternative = 0;
    const one = found.cases[chosen.case - 1];
    fill(
      picks,
      one
        ? choice("Likes best", ["any", ...one.alternatives.map((item) => item.id)], 0, (place) => {
            chosen.alternative = place;
            show();
          })
        : null,
    );
  }
  const rounds = [...new Set(all.round ?? [0])].sort((a, b) => a - b);
  if (found.cases.length === 1) chosen.case = 1;
  pickAlternative();
  const id = unique("search");
  let waiting = 0;
  const search = h("input", {
    type: "search",
    id,
    autocomplete: "off",
    spellcheck: "false",
    placeholder: "replies, answers, jurors",
    oninput: () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => {
        chosen.text = search.value.toLowerCase();
        show();
      }, 120);
    },
  });
  const body = section(
    "ballots",
    "Every ballot",
    found.kind === "run"
      ? "Each with the exact prompt, the raw answer, the order of options and what it cost. Choose one to read it."
      : "Each as it was given. Choose one to read it.",
    h(
      "div",
      { class: "controls" },
      h("div", { class: "field grow" }, h("label", { for: id }, "Search"), search),
      found.cases.length > 1
        ? choice("Case", ["all", ...found.cases.map((one) => one.id)], 0, (place) => {
            chosen.case = place;
            pickAlternative();
            show();
          })
        : null,
      picks,
      rounds.length > 1
        ? choice(
            "Round",
            ["any", ...rounds.map((round) => (round ? String(round) : "0, before anybody was heard"))],
            0,
            (place) => {
              chosen.round = place;
              show();
            },
          )
        : null,
      statuses.length > 1
        ? choice("Status", ["any", ...statuses.map((place) => all.texts[place])], 0, (place) => {
            chosen.status = place;
            show();
          })
        : null,
      attributes.length
        ? choice("Juror", ["anybody", ...attributes.map((name) => `by ${name}`)], 0, (place) => {
            chosen.attribute = place;
            pickLevel();
            show();
          })
        : null,
      levels,
    ),
    hits,
    list.element,
  );
  show();
  return body;
}

function favourites(all, row) {
  const place = all.utilities?.[row];
  if (place === null || place === undefined) return [];
  const given = all.values[place];
  const best = Math.max(...given.filter((value) => value !== null));
  return given.flatMap((value, column) => (value === best ? [column] : []));
}

function searched(found, row) {
  const { ballots, jurors } = found;
  const juror = ballots.juror[row];
  const replies = (ballots.replies?.[row] ?? []).map((reply) => (reply[1] === null ? "" : ballots.texts[reply[1]]));
  const attributes = Object.values(jurors.attributes).map(({ levels, codes }) => levels[codes[juror]]);
  return [jurors.name[juror], answerWords(found, row), ...replies, ...attributes].join("\n").toLowerCase();
}

// A list of any length that draws what is in sight; arrow keys, Page Up and Down, Home and End move in it.
function virtual(found, open) {
  let inside = [],
    current = 0,
    first = -1;
  const inner = h("div", { class: "rows", role: "list" });
  const spacer = h("div", { class: "spacer" }, inner);
  const element = h(
    "div",
    {
      class: "virtual",
      role: "region",
      "aria-label": "Ballots",
      tabindex: "0",
      onkeydown: move,
      onscroll: () => requestAnimationFrame(draw),
    },
    spacer,
  );

  function draw(force = false) {
    const start = Math.max(0, Math.floor(element.scrollTop / ROW) - SPARE);
    if (start === first && !force) return;
    first = start;
    const end = Math.min(inside.length, start + Math.ceil((element.clientHeight || 480) / ROW) + 2 * SPARE);
    inner.style.transform = `translateY(${start * ROW}px)`;
    const held = inner.contains(document.activeElement);
    inner.replaceChildren(
      ...inside.slice(start, end).map((row, step) => item(found, row, start + step, inside.length, current, open)),
    );
    if (held) focus(false);
  }
  function focus(scroll) {
    if (scroll) {
      const top = current * ROW;
      if (top < element.scrollTop) element.scrollTop = top;
      if (top + ROW > element.scrollTop + element.clientHeight) element.scrollTop = top + ROW - element.clientHeight;
      draw();
    }
    const row = inner.querySelector(`[data-place="${current}"]`);
    // One row is reached by the Tab key, the others by arrows from it.
    for (const other of inner.querySelectorAll(".row")) other.tabIndex = other === row ? 0 : -1;
    (row ?? element).focus({ preventScroll: true });
  }
  function move(event) {
    const held = event.target.dataset?.place;
    if (held !== undefined) current = Number(held);
    const page = Math.max(1, Math.floor(element.clientHeight / ROW) - 1);
    const to = {
      ArrowDown: held === undefined ? current : current + 1,
      ArrowUp: current - 1,
      PageDown: current + page,
      PageUp: current - page,
      Home: 0,
      End: inside.length - 1,
    }[event.key];
    if (to === undefined || !inside.length) return;
    event.preventDefault();
    current = Math.min(Math.max(to, 0), inside.length - 1);
    focus(true);
  }
  new ResizeObserver(() => draw(true)).observe(element);
  return {
    element,
    show(rows) {
      inside = rows;
      current = 0;
      element.scrollTop = 0;
      spacer.style.height = `${rows.length * ROW}px`;
      element.classList.toggle("empty", !rows.length);
      draw(true);
    },
  };
}

function item(found, row, place, many, current, open) {
  const { ballots, jurors, cases } = found;
  const juror = ballots.juror[row];
  const status = ballots.texts[ballots.status[row]];
  const who = Object.values(jurors.attributes)
    .slice(0, 4)
    .map(({ levels, codes }) => levels[codes[juror]])
    .filter(Boolean)
    .join(", ");
  const round = found.deliberation && ballots.round ? `round ${ballots.round[row]} · ` : "";
  const where = `${cases.length > 1 ? `${shorten(cases[ballots.case[row]].id, 40)} · ` : ""}${round}`;
  const button = h(
    "button",
    {
      type: "button",
      class: "row",
      "data-place": place,
      tabindex: place === current ? 0 : -1,
      onclick: () => open(row),
    },
    h("span", { class: "who" }, h("strong", null, shorten(jurors.name[juror], 40)), h("span", null, shorten(who, 80))),
    h("span", { class: "said" }, where, shorten(answerWords(found, row), 160)),
    h("span", { class: `status ${status === "answered" ? "" : "bad"}` }, status),
  );
  return h("div", { role: "listitem", "aria-setsize": many, "aria-posinset": place + 1 }, button);
}
