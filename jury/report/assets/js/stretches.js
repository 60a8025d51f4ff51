// Which alternative leads under which aversion to inequality, in words.

import { listed, tied } from "./dom.js";
import { limits } from "./welfare.js";

const verb = (places) => (places.length > 1 ? "tie" : "wins");

export function stretchWords(recount, stretches, names) {
  const who = (places) => tied(places.map((place) => names[place]));
  const all = (places) => `${who(places)} ${verb(places)}`;
  if (!stretches.length) return "";
  const { sum, worst } = limits(recount, stretches);
  const [first, ...rest] = stretches;
  const { near } = stretches[stretches.length - 1];
  const close = near
    ? `, and from α = ${alphaWords(near.from)} on is ahead of ${listed(near.others.map((place) => names[place]))} by less than a billionth`
    : "";
  const ends = [
    sum && `at α = 0, where the sum of welfare alone counts, ${all(sum)}`,
    worst && `at α = ∞, where the worst-off juror alone counts, ${all(worst)}`,
  ].filter(Boolean);
  const but = ends.length ? `; only ${ends.join(", and ")}` : "";
  if (!rest.length) {
    const range = ends.length ? "" : ", from the sum of welfare to the worst-off juror alone";
    return `However much inequality counts${range}, ${all(first.winners)}${close}${but}.`;
  }
  const then = rest.map((one) => `${who(one.winners)} from α = ${alphaWords(one.low)}`);
  return `As inequality counts for more, ${who(first.winners)} gives way to ${then.join(", then ")}${close}${but}.`;
}

export function alphaWords(alpha) {
  return alpha === Infinity ? "∞" : Number(alpha.toPrecision(3)).toString();
}
