import { ask, badge, byId, count, denominators, dollars, el, fill, foreign, number, scrolled, table, visible } from "./common.js";

const given = new URLSearchParams(location.search);

const MOST_CASES = 30; // shown of those that both decided
const MOST_ROWS = 200; // shown of the differences

const listed = (names) => (names.length > MOST_CASES ? `${names.slice(0, MOST_CASES).join(", ")} and ${names.length - MOST_CASES} more` : names.join(", "));

const interval = (value, low, high, digits = 2) =>
  low === null || low === undefined ? number(value, digits) : `${number(value, digits)} [${number(low, digits)}, ${number(high, digits)}]`;

function side(run, key, letter) {
  return el("div", {},
    el("h2", {}, `${letter}: `, el("a", { href: `/run/${key}` }, foreign(run.name))),
    el("p", {}, badge(run), " ", el("span", { class: "soft" }, foreign(run.file))),
    el("p", { class: "verdict" }, foreign(run.verdict)),
    run.state === "complete" ? null : el("p", { class: "soft" }, "Provisional: ballots are missing."),
    el("ul", { class: "facts" }, [foreign(run.model), count(run.jurors, "juror"), denominators(run), dollars(run.cost_usd)]
      .map((each) => el("li", {}, each))),
    run.caveat ? el("p", { class: "soft small" }, foreign(run.caveat)) : null);
}

const shown = (value) => (value === null || value === undefined ? "–" : typeof value === "string" ? value : JSON.stringify(value));

function settings(found) {
  const note = "The seed, the jury and everything else that decides what is asked are the same.";
  if (!found.settings.length) return [el("h2", {}, "What was asked differently"), el("p", {}, `Nothing in the settings. ${note}`)];
  return [el("h2", {}, "What was asked differently"),
    scrolled(table("Settings of the studies that differ", ["setting", "A", "B"], found.settings.map(([name, a, b]) => [name, shown(a), shown(b)])), "Settings")];
}

const won = (outcome) => JSON.stringify(outcome?.winners);

function differs(sides, rules, name) {
  return rules.some((rule) => won(sides[0].outcomes[name][rule]) !== won(sides[1].outcomes[name][rule]));
}

// One case: a row an alternative, and of each rule the scores in either run.
function scores(both, rules) {
  const alternatives = [...new Set(both.flatMap((each) => Object.values(each).flatMap((outcome) => outcome.alternatives)))];
  const cell = (outcome, alternative) => {
    const place = outcome?.alternatives.indexOf(alternative) ?? -1;
    const score = outcome?.scores?.[place];
    const rank = (outcome?.ranking.findIndex((tier) => tier.includes(alternative)) ?? -1) + 1;
    const text = score !== null && score !== undefined ? number(score) : rank ? `rank ${rank}` : "–";
    return { number: text, mark: outcome?.winners.includes(alternative) ? "★" : "" };
  };
  return table("", ["alternative", ...rules.flatMap((rule) => [`${rule} A`, `${rule} B`])],
    alternatives.map((alternative) => [alternative, ...rules.flatMap((rule) => both.map((each) => cell(each[rule], alternative)))]));
}

function outcomes(sides, found) {
  const heading = el("h2", {}, "What each decided");
  const rules = sides[0].rules.filter((rule) => sides[1].rules.includes(rule));
  const alone = [[found.only_first, "A"], [found.only_second, "B"]].filter(([names]) => names.length)
    .map(([names, letter]) => el("p", {}, foreign(`Only in ${letter}, or with other words there: ${listed(names)}.`)));
  if (!rules.length) return [heading, el("p", {}, `No rule decided in both: ${sides[0].rules.join(", ")} in A, ${sides[1].rules.join(", ")} in B.`), ...alone];
  const names = found.cases.filter((name) => sides.every((each) => each.outcomes[name]));
  const other = names.filter((name) => differs(sides, rules, name));
  const shown = [...other, ...names.filter((name) => !other.includes(name))].slice(0, MOST_CASES);
  const meanings = sides[0].welfare === sides[1].welfare ? sides[0].welfare : `${sides[0].welfare} in A, ${sides[1].welfare} in B`;
  return [heading,
    names.length > 1 ? el("p", {}, `Other winners, under one rule at least, in ${other.length} of ${count(names.length, "case")}.`,
      shown.length < names.length ? ` ${shown.length} are shown, those first; jury audit has all.` : null) : null,
    ...shown.flatMap((name) => [el("h3", {}, foreign(name)), scrolled(scores(sides.map((each) => each.outcomes[name]), rules), `Scores of ${name}`)]),
    names.length ? el("p", { class: "soft small" }, foreign(`★ wins (every tied winner is marked). Higher is better: welfare ${meanings}, the rule's own score for votes.`)) : null,
    ...alone];
}

const beyond = ({ difference: { low, high } }) => low !== null && (low > 0 || high < 0);

function moved(found, level) {
  const heading = el("h2", {}, "By how much the same jurors moved");
  if (found.why) return [heading, el("p", {}, foreign(`Nothing is paired: ${found.why}. Intervals of either run stand in its report.`))];
  const total = found.moved[0].difference.comparisons;
  const sure = found.moved.filter(beyond);
  const many = found.moved.length > MOST_ROWS;
  const shown = many ? [...sure, ...found.moved.filter((each) => !beyond(each))].slice(0, MOST_ROWS) : found.moved;
  const rows = shown.map((each) => {
    const { value, low, high, count: jurors } = each.difference;
    return [each.case, each.alternative, each.attribute ? `${each.attribute}: ${each.group}` : "all jurors",
      { number: number(each.first, 2) }, { number: number(each.second, 2) },
      { number: interval(value, low, high), mark: beyond(each) ? "!" : "" }, { number: String(jurors) }];
  });
  return [heading,
    el("p", {}, `${count(found.jurors, "juror")} sit in both. Mean utility of A and of B, and B less A paired by juror, weighted.`,
      many ? ` ${count(sure.length, "difference")} of ${total} leave out 0; ${rows.length} are shown, those first, and compare_runs has all.` : null),
    scrolled(table(`Intervals of ${Math.round(100 * level)}% cover all ${total} differences together (Bonferroni), for other jurors drawn; ! leaves out 0. Groups of fewer than ten are left out.`,
      ["case", "alternative", "who", "A", "B", "B less A", "jurors"], rows), "Differences")];
}

function groups(sides) {
  const of = (run, row) => run.groups.find((each) => each.attribute === row.attribute && each.group === row.group && each.rule === row.rule);
  const rows = sides[0].groups.filter((row) => of(sides[1], row));
  if (!rows.length) return [];
  const cell = (row) => ({ number: interval(row.regret, row.regret_low, row.regret_high), mark: row.loses_more ? "!" : "" });
  return [el("h2", {}, "Who lost in either"), scrolled(table(
    "Welfare lost against the group's own best alternative, 0 is best, with intervals that hold together within a run; ! more than groups of its size dealt by lot, beyond chance; few: under ten jurors.",
    ["group", "rule", "A", "B", "jurors A", "jurors B"],
    rows.map((row) => {
      const other = of(sides[1], row);
      return [`${row.group}${row.few ? " (few)" : ""}`, row.rule, cell(row), cell(other), { number: String(row.jurors) }, { number: String(other.jurors) }];
    })), "Groups")];
}

try {
  const { sides, comparison } = await ask(`/api/compare?${given}`);
  document.title = visible(`${sides[0].name} and ${sides[1].name}`);
  byId("message").hidden = true;
  fill(byId("found"),
    el("div", { class: "pair" }, side(sides[0], given.get("a"), "A"), side(sides[1], given.get("b"), "B")),
    ...settings(comparison), ...outcomes(sides, comparison).filter(Boolean), ...moved(comparison, sides[0].level), ...groups(sides));
} catch (error) {
  fill(byId("message"), foreign(error.message));
}
