// Curves along aversion to inequality: welfare, who wins where, and how sure that is.

import { h, table, percent } from "./dom.js";
import { chart, label, swatch } from "./charts.js";
import { place, alphaAt } from "./welfare.js";
import { alphaWords } from "./stretches.js";

const STEPS = 64;
const TICKS = [0, 0.25, 0.5, 1, 2, 4, 10, Infinity];

export function lines(recount, names, styles, stretches, alpha, width) {
  const points = Array.from({ length: STEPS + 1 }, (_, step) => step / STEPS).flatMap((at) =>
    recount
      .at(alphaAt(at))
      .scores.map((score, column) => ({ at, score, column }))
      .filter((point) => point.score !== null),
  );
  const now = recount.at(alpha);
  const marked = now.scores
    .map((score, column) => ({ at: place(alpha), score, column, wins: now.winners.includes(column) }))
    .filter((point) => point.score !== null);
  const ends = points.filter((point) => point.at === 0 && styles[point.column].named);
  const height = Math.max(240, Math.min(380, width * 0.45));
  const ticks = width < 480 ? [0, 0.5, 1, 3, Infinity] : TICKS;
  return {
    height,
    marginTop: 30,
    marginBottom: MARGINS - 30,
    marginLeft: 44,
    marginRight: 18,
    x: {
      domain: [0, 1],
      ticks: ticks.map(place),
      tickFormat: (at) => alphaWords(Number(alphaAt(at).toPrecision(6))),
      label: "aversion to inequality α →",
      labelAnchor: "center",
      labelOffset: 42,
    },
    y: { label: "↑ welfare", nice: true, grid: true, ticks: 5 },
    marks: [
      stretches.slice(1).map((one) => Plot.ruleX([place(one.low)], { stroke: "var(--ink-2)", strokeDasharray: "3 3" })),
      // Words near an end stay within the picture.
      [
        ["start", 0, 0.12],
        ["middle", 0.12, 0.88],
        ["end", 0.88, 1.01],
      ].map(([textAnchor, from, to]) =>
        Plot.text(
          stretches.slice(1).filter((one) => place(one.low) >= from && place(one.low) < to),
          {
            x: (one) => place(one.low),
            frameAnchor: "top",
            dy: -20,
            text: (one) => `tips at ${alphaWords(one.low)}`,
            fill: "currentColor",
            textAnchor,
          },
        ),
      ),
      styles.map((style, column) =>
        Plot.line(
          points.filter((point) => point.column === column),
          {
            x: "at",
            y: "score",
            stroke: style.colour,
            strokeWidth: style.named ? 2.5 : 1.2,
            strokeDasharray: style.dash || null,
          },
        ),
      ),
      Plot.ruleX([place(alpha)], { stroke: "currentColor", strokeWidth: 1.5 }),
      Plot.dot(marked, {
        x: "at",
        y: "score",
        r: 5,
        stroke: (point) => styles[point.column].colour,
        fill: (point) => (point.wins ? styles[point.column].colour : "var(--paper)"),
        strokeWidth: 2,
      }),
      Plot.text(spread(ends, points, height), {
        x: 0,
        y: "y",
        dx: 6,
        dy: -10,
        text: (point) => label(names[point.column], width < 480 ? 14 : 26),
        textAnchor: "start",
        fill: (point) => styles[point.column].colour,
        stroke: "var(--paper)",
        strokeWidth: 4,
        fontWeight: 600,
      }),
    ],
  };
}

const LINE = 15; // pixels of a label
const MARGINS = 80; // above and below the lines

// Labels of lines, moved apart where they would lie upon each other.
function spread(ends, all, height) {
  const scores = all.map((point) => point.score);
  const apart = ((Math.max(...scores) - Math.min(...scores) || 1) * LINE) / (height - MARGINS);
  let least = -Infinity;
  return [...ends]
    .sort((a, b) => a.score - b.score)
    .map((point) => {
      const y = Math.max(point.score, least);
      least = y + apart;
      return { ...point, y };
    });
}

export function ribbon(stretches, names, styles) {
  return h(
    "div",
    { class: "ribbon", "aria-hidden": "true" },
    stretches.map((one) => {
      const width = 100 * (place(one.high) - place(one.low));
      const winner = one.winners.map((column) => names[column]).join(" = ");
      return h(
        "span",
        { style: `width:${width}%;--own:${styles[one.winners[0]]?.colour ?? "var(--c0)"}`, title: winner },
        width > 14 ? label(winner, Math.round(width / 3)) : "",
      );
    }),
  );
}

export function chances({ at, shares, resamples }, names, styles) {
  const bands = at.flatMap((point, step) =>
    names.map((name, column) => ({ point, column: String(column), share: shares[step][column] })),
  );
  const columns = names.map((_, column) => String(column));
  const numbers = table(
    "How often each would win",
    ["α", ...names],
    at
      .filter((_, step) => step % 4 === 0)
      .map((point) => [alphaWords(alphaAt(point)), ...shares[at.indexOf(point)].map((share) => percent(share))]),
  );
  const drawn = chart(
    `How often each alternative would win had other jurors been drawn (${resamples} drawings): where bands share the height, the verdict hangs on who sits in the jury`,
    (width) => ({
      height: 170,
      marginLeft: 44,
      marginRight: 18,
      marginTop: 8,
      marginBottom: 28,
      x: {
        domain: [0, 1],
        ticks: (width < 480 ? [0, 1, Infinity] : TICKS).map(place),
        tickFormat: (point) => alphaWords(Number(alphaAt(point).toPrecision(6))),
        label: null,
      },
      y: { domain: [0, 1], ticks: 3, tickFormat: "%", label: null },
      color: { domain: columns, range: styles.map((style) => style.colour) },
      marks: [
        Plot.areaY(bands, {
          x: "point",
          y: "share",
          fill: "column",
          order: columns,
          stroke: "var(--paper)",
          strokeWidth: 1,
        }),
      ],
    }),
    numbers,
  );
  drawn.firstChild.after(
    h(
      "ul",
      { class: "legend" },
      names.flatMap((name, column) =>
        styles[column].named ? [h("li", null, swatch(styles[column]), label(name, 40))] : [],
      ),
    ),
  );
  return drawn;
}
