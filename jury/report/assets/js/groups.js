// Who lost: every group under a rule, beside groups of its size dealt by lot, and what minorities get.

import { h, section, table, number, span, percent, choice, fill, count, details } from "./dom.js";
import { chart, few, labels, room } from "./charts.js";

export function groups(found, one) {
  if (!found.by.length) return section("groups", "Who lost", "No groups were asked about: name them with --by.");
  let attribute = 0,
    rule = 0;
  const body = h("div");
  const show = () =>
    fill(
      body,
      panel(found, found.by[attribute], found.rules[rule]),
      minority(found, one, found.by[attribute], found.rules[rule]),
    );
  show();
  return section(
    "groups",
    "Who lost",
    found.cases.length > 1 ? `Over all ${count(found.cases.length)} cases.` : null,
    found.opening.belief.level === "no" ? h("p", { class: "warning" }, found.opening.belief.sentence) : null,
    found.opening.lost.map((sentence) => h("p", null, sentence)),
    h(
      "div",
      { class: "controls" },
      choice("Groups by", found.by, attribute, (chosen) => {
        attribute = chosen;
        show();
      }),
      choice("Rule", found.rules, rule, (chosen) => {
        rule = chosen;
        show();
      }),
    ),
    body,
  );
}

function panel(found, attribute, rule) {
  const { audit } = found;
  const byCases = audit.headline === "share_lost";
  const figure = byCases ? "share_lost" : "regret";
  const write = byCases ? percent : number;
  const rows = audit.groups.filter((row) => row.attribute === attribute && row.rule === rule);
  if (!rows.length) return h("p", { class: "note" }, `${rule} decided no case on which these groups gave an opinion.`);
  const short = labels(
    rows.map((row) => row.group),
    24,
  );
  const told = rows
    .map((row, place) => ({ ...row, name: `${short[place]}${row.few ? " (few)" : ""}` }))
    .filter((row) => row[figure] !== null)
    .map((row) => ({
      ...row,
      value: row[figure],
      low: row[`${figure}_low`],
      high: row[`${figure}_high`],
      lot: row[`${figure}_by_lot`],
    }));
  const drawn = chart(
    `${byCases ? "Share of cases lost" : "Welfare lost to the group's own best"}, by ${attribute}, under ${rule}: 0 is no loss. Ticks are what a group of its size dealt by lot would lose.`,
    (width) => ({
      height: 46 + 30 * told.length,
      marginLeft: room(
        told.map((row) => row.name),
        width,
      ),
      marginRight: 28,
      marginBottom: 26,
      x: {
        label: null,
        grid: true,
        ...(told.some((row) => row.value || row.high || row.lot) ? { zero: true, nice: true } : { domain: [0, 1] }),
        tickFormat: byCases ? "%" : undefined,
        ticks: few(width),
      },
      y: { label: null, domain: told.map((row) => row.name), tickSize: 0 },
      marks: [
        Plot.ruleX([0]),
        Plot.ruleY(
          told.filter((row) => row.low !== null),
          { y: "name", x1: "low", x2: "high", stroke: "var(--c1)", strokeWidth: 2 },
        ),
        Plot.dot(told, {
          y: "name",
          x: "value",
          r: 5,
          stroke: (row) => (row.loses_more ? "var(--c2)" : "var(--c1)"),
          fill: (row) => (row.few ? "var(--paper)" : row.loses_more ? "var(--c2)" : "var(--c1)"),
          symbol: (row) => (row.loses_more ? "diamond" : "circle"),
          strokeWidth: 2,
        }),
        Plot.tickX(
          told.filter((row) => row.lot !== null),
          { y: "name", x: "lot", stroke: "currentColor", strokeWidth: 2, inset: 5 },
        ),
      ],
    }),
    table(
      `Groups by ${attribute} under ${rule}`,
      [
        "Group",
        "Jurors",
        "Weight",
        "Mean welfare",
        byCases ? "Cases lost" : "Welfare lost",
        "By lot",
        "p",
        "Cases lost",
      ],
      rows.map((row) => [
        `${row.group}${row.few ? " (few)" : ""}`,
        count(row.jurors),
        percent(row.voice),
        span(row.welfare, row.welfare_low, row.welfare_high),
        h(
          "td",
          { class: row.loses_more ? "number lost" : "number", "data-value": row[figure] },
          span(row[figure], row[`${figure}_low`], row[`${figure}_high`], write),
          row.loses_more ? " !" : "",
        ),
        write(row[`${figure}_by_lot`]),
        number(row.p_value, 3),
        `${row.cases_lost} of ${row.cases}`,
      ]),
    ),
  );
  const compared = audit.comparisons[figure] ?? 0;
  return [
    drawn,
    h(
      "p",
      { class: "note" },
      `${compared ? `Intervals (${percent(audit.level)}, all ${compared} together) are for other jurors${found.cases.length > 1 ? " and cases" : ""} drawn ${count(audit.resamples)} times. ` : ""}Diamonds and ! lose more than lots beyond chance (p at most ${number(1 - audit.level)}, adjusted for all comparisons). Hollow marks (few): under ten jurors, by number or by weight, too few to say anything about the group.`,
    ),
  ];
}

function minority(found, one, attribute, rule) {
  const { audit } = found;
  const gain = audit.minority_gains.find((row) => row.attribute === attribute && row.rule === rule);
  const gap = audit.gaps.find((row) => row.attribute === attribute && row.rule === rule);
  const price = audit.prices.find((row) => row.rule === rule);
  const objection = one.objections.find((row) => row.rule === rule);
  const power = audit.power.filter((row) => row.attribute === attribute);
  const sized = (group) =>
    audit.groups.some((row) => row.attribute === attribute && row.group === group && row.few)
      ? `${group} (few)`
      : group;
  const facts = [
    gap &&
      gap.worst_group !== gap.best_group && [
        "Gap between groups",
        `${number(gap.gap)}: ${sized(gap.worst_group)} has ${number(gap.worst_welfare)}, ${sized(gap.best_group)} ${number(gap.best_welfare)}`,
      ],
    gain && [
      "What minorities gain over utilitarian",
      span(gain.minority_gain, gain.minority_gain_low, gain.minority_gain_high),
    ],
    gain && ["What the worst-off group gains", span(gain.worst_gain, gain.worst_gain_low, gain.worst_gain_high)],
    price && ["What that costs the jury", span(price.price, price.price_low, price.price_high)],
    objection &&
      objection.alternative && [
        "Largest objection",
        `${percent(objection.share)} of the weight would rather have ${objection.alternative}${objection.blocking ? ", a majority" : ""}: ${coalition(objection, attribute)}`,
      ],
  ].filter(Boolean);
  if (!facts.length) return null;
  return h(
    "div",
    { class: "minority" },
    h("h3", null, "Minority panel"),
    h(
      "p",
      { class: "note" },
      `Everybody outside the largest group by ${attribute}, under ${rule}. Higher is better but for gap and cost. Intervals: ${percent(audit.level)}.`,
    ),
    h(
      "dl",
      { class: "facts" },
      facts.map(([term, said]) => h("div", null, h("dt", null, term), h("dd", null, said))),
    ),
    power.length
      ? details(
          "Power of groups",
          table(
            "Power, if each group voted as one and a majority decided",
            ["Group", "Voice", "Banzhaf", "Shapley–Shubik"],
            power.map((row) => [row.group, percent(row.voice), number(row.banzhaf), number(row.shapley_shubik)]),
          ),
        )
      : null,
  );
}

function coalition(objection, attribute) {
  const parts = Object.entries(objection.coalition[attribute] ?? {})
    .filter(([, [inside]]) => inside)
    .map(([group, [inside, all]]) => `${inside} of ${all} ${group}`);
  return parts.slice(0, 6).join(", ") + (parts.length > 6 ? " …" : "");
}
