// What all pages share. Whatever a model or a file wrote becomes text of the page, never markup.

export function el(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") made.className = value;
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

// Marks that turn the direction of text, control characters and what cannot be seen are told rather than obeyed.
const HIDDEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;
export const visible = (text) =>
  String(text).replace(HIDDEN, (mark) => `⟨U+${mark.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`);

// Foreign text keeps its direction to itself.
export const foreign = (text) => el("bdi", {}, visible(text));

const UNREACHED = "The server does not answer. Was jury view stopped?";

export async function ask(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => {
    throw new Error(UNREACHED);
  });
  const type = answer.headers.get("content-type") ?? "";
  const found = type.startsWith("application/json") ? await answer.json() : { error: await answer.text() };
  if (!answer.ok) throw new Error(found.error ?? `the server answered ${answer.status}`);
  return found;
}

export const byId = (id) => document.getElementById(id);

export function fill(place, ...children) {
  place.replaceChildren(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  place.hidden = false;
}

// A status is read aloud whenever it is written: only when it says something else.
export function tell(place, text) {
  const shown = visible(text);
  if (place.textContent !== shown) fill(place, foreign(text));
}

// Who reads by keyboard stays in place, although what is shown is made anew.
export function keepingFocus(place, change) {
  const active = place.contains(document.activeElement) ? document.activeElement : null;
  const name = active?.value ? "value" : "href";
  const value = active?.value || active?.getAttribute("href");
  change();
  if (value) place.querySelector(`[${name}="${CSS.escape(value)}"]`)?.focus();
}

const whole = new Intl.NumberFormat("en");
export const count = (number, one, several = `${one}s`) => `${whole.format(number)} ${number === 1 ? one : several}`;
export const number = (value, digits = 3) => (value === null || value === undefined ? "–" : value.toFixed(digits));

export function dollars(cost) {
  if (cost === null || cost === undefined) return "cost unknown (no listed price)";
  if (cost === 0) return "no cost";
  if (cost < 0.0001) return "less than $0.0001";
  return cost < 1 ? `$${cost.toFixed(4)}` : `$${cost.toFixed(2)}`;
}

export function size(bytes) {
  const units = ["bytes", "kB", "MB", "GB"];
  let place = 0;
  while (bytes >= 1000 && place < units.length - 1) { bytes /= 1000; place += 1; }
  return `${place ? bytes.toFixed(1) : bytes} ${units[place]}`;
}

export function clock(seconds) {
  const all = Math.round(seconds), hours = Math.floor(all / 3600);
  const minutes = Math.floor((all % 3600) / 60), rest = String(all % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

// An answer in words: what each alternative was given, or what was chosen.
export function answered(answer) {
  const words = (value) => {
    if (Array.isArray(value)) return value.map(words).join(", ");
    if (value && typeof value === "object") return Object.entries(value).map(([name, each]) => `${name} ${words(each)}`).join(", ");
    return typeof value === "number" && !Number.isInteger(value) ? value.toFixed(3) : String(value ?? "–");
  };
  return Object.entries(answer).map(([name, value]) => `${name}: ${words(value)}`).join(" · ") || "–";
}

export const when = (text) => (text ? text.slice(0, 19).replace("T", " ").replace(/\+.*$/, "") : "–");

export function badge(run) {
  if (run.problem) return el("span", { class: "badge fault" }, "cannot be read");
  const kinds = { complete: "complete", incomplete: "incomplete", "going on": "going" };
  return el("span", { class: `badge ${kinds[run.state]}` }, run.state);
}

export function denominators(run) {
  const counts = run.counts;
  const said = [`${whole.format(counts.answered)} of ${count(run.asked, "ballot")} answered`];
  for (const name of ["refused", "unparsed", "failed"]) if (counts[name]) said.push(`${whole.format(counts[name])} ${name}`);
  if (run.missing) said.push(`${whole.format(run.missing)} missing`);
  return said.join(", ");
}

export function table(caption, columns, rows) {
  const numeric = (value) => (value?.number ? "number" : null);
  const cell = (value, place) => {
    const shown = value?.number ?? value;
    const kind = numeric(value);
    const mark = value?.mark === undefined ? null : el("span", { class: "mark" }, value.mark);
    const content = [shown instanceof Node ? shown : foreign(shown ?? "–"), mark].filter(Boolean);
    return place ? el("td", { class: kind }, ...content) : el("th", { scope: "row" }, ...content);
  };
  return el("table", {},
    caption ? el("caption", {}, caption) : null,
    el("thead", {}, el("tr", {}, columns.map((name, place) =>
      el("th", { scope: "col", class: rows.some((row) => row[place]?.number) ? "number" : null }, foreign(name))))),
    el("tbody", {}, rows.map((row) => el("tr", {}, row.map(cell)))));
}

export const scrolled = (made, label) => el("div", { class: "wide", tabindex: "0", role: "region", "aria-label": label }, made);

// Looks again every so often while the page is seen; where looking takes long, the machine has four fifths for itself.
export function again(look, milliseconds) {
  const turn = async () => {
    const begun = Date.now();
    const more = document.hidden ? true : await look();
    if (more) setTimeout(turn, Math.max(milliseconds, 4 * (Date.now() - begun)));
  };
  turn();
}
