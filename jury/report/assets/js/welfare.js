// Welfare of every alternative under any aversion to inequality, from the ballots, as `aggregators` has it.

import { leaders } from "./ties.js";

const POINTS = 128; // of the grid along alpha / (1 + alpha) on which changes are looked for
const ENDS = 1e-6; // as near to 0 and to infinity as stretches go; the ends themselves are told apart
const NARROW = 1e-7; // stretches shorter than this are where two scores cross, not a verdict of their own

export const place = (alpha) => (alpha === Infinity ? 1 : alpha / (1 + alpha));
export const alphaAt = (at) => (at >= 1 ? Infinity : at / (1 - at));

export class Recount {
  // `given` as jury/report/fairness.py has it; `among` says which rows count.
  constructor(given, alternatives, among = () => true) {
    this.alternatives = alternatives;
    this.tolerance = given.tolerance;
    this.disagreement = given.disagreement;
    this.grid = given.grid;
    this.columns = given.rows && columnsOf(given, alternatives, among);
    this.known = new Map();
  }

  at(alpha) {
    if (!this.known.has(alpha)) this.known.set(alpha, this.columns ? this.computed(alpha) : this.nearest(alpha));
    return this.known.get(alpha);
  }

  // The ends have outcomes of their own, which no alpha between them snaps to.
  nearest(alpha) {
    const last = this.grid.length - 1;
    const near = Math.min(Math.max(Math.round(place(alpha) * last), 1), last - 1);
    const step = this.grid[alpha === 0 ? 0 : alpha === Infinity ? last : near];
    return { scores: step.scores, winners: step.winners.map((name) => this.alternatives.indexOf(name)) };
  }

  computed(alpha) {
    if (alpha === 0) return this.utilitarian();
    if (alpha === Infinity) {
      const scores = this.columns.map((column) => (column.mass ? extreme(column.values, Math.min) : null));
      return { scores, winners: leaders([scores], this.tolerance) };
    }
    const some = this.columns.some((column) => column.gains.includes(0));
    if (alpha < 1 || !some) {
      const welfare = this.columns.map((column) =>
        column.mass ? powerMean(column.logs, column.weights, 1 - alpha) : null,
      );
      return {
        scores: welfare.map((each) => (each === null ? null : this.disagreement + each)),
        winners: leaders([welfare], this.tolerance),
      };
    }
    return this.withZeros(alpha);
  }

  utilitarian() {
    const scores = this.columns.map((column) => (column.mass ? mean(column.values, column.weights) : null));
    const negative = this.columns.some((column) => column.values.some((value) => value < 0));
    const scale = negative ? this.columns.map((column) => mean(column.values.map(Math.abs), column.weights)) : null;
    return { scores, winners: leaders([scores], this.tolerance, scale) };
  }

  // A gain of zero makes welfare zero; among such alternatives first the smallest share at zero counts, then the rest.
  withZeros(alpha) {
    const fewest = [],
      rest = [],
      scores = [];
    for (const column of this.columns) {
      if (!column.mass) {
        for (const list of [fewest, rest, scores]) list.push(null);
        continue;
      }
      const atZero = mean(
        Float64Array.from(column.gains, (gain) => Number(gain === 0)),
        column.weights,
      );
      const inside = Array.from(column.gains.keys()).filter((row) => column.gains[row] > 0);
      const others = inside.length
        ? powerMean(
            Float64Array.from(inside, (row) => column.logs[row]),
            Float64Array.from(inside, (row) => column.weights[row]),
            1 - alpha,
          )
        : 0;
      fewest.push(-atZero);
      rest.push(others);
      scores.push(this.disagreement + (atZero > 0 ? 0 : others));
    }
    const all = fewest.every((share) => share === null || share < 0);
    return { scores, winners: leaders([fewest, rest], this.tolerance), fewest: all };
  }
}

function columnsOf(given, alternatives, among) {
  const { values, weights } = given.rows;
  const inside = Array.from(values.keys()).filter((row) => among(row));
  return alternatives.map((_, column) => {
    const rows = inside.filter((row) => values[row][column] !== null);
    const own = Float64Array.from(rows, (row) => values[row][column]);
    const gains = own.map((value) => {
      const gain = value - given.disagreement;
      const noise = given.disagreement ? given.tolerance * Math.max(Math.abs(value), Math.abs(given.disagreement)) : 0;
      return Math.abs(gain) <= noise ? 0 : gain;
    });
    const counted = Float64Array.from(rows, (row) => weights[row]);
    return {
      values: own,
      gains,
      logs: gains.map(Math.log),
      weights: counted,
      mass: counted.reduce((a, b) => a + b, 0),
    };
  });
}

function mean(values, weights) {
  let total = 0,
    mass = 0;
  for (let row = 0; row < values.length; row += 1) {
    total += weights[row] * values[row];
    mass += weights[row];
  }
  return total / mass;
}

const extreme = (values, pick) => values.reduce((a, b) => pick(a, b), values[0]);

// In log space, measured from the utility that dominates, so that no power overflows.
function powerMean(logs, weights, power) {
  if (power === 0) return Math.exp(mean(logs, weights));
  const dominating = extreme(logs, power > 0 ? Math.max : Math.min);
  const pivot = Number.isFinite(dominating) ? dominating : 0;
  let total = 0,
    excess = 0,
    mass = 0;
  for (let row = 0; row < logs.length; row += 1) {
    const term = power * (logs[row] - pivot);
    total += weights[row] * Math.exp(term);
    excess += weights[row] * Math.expm1(term);
    mass += weights[row];
  }
  // Where terms are nearly alike, log1p keeps the digits that log would lose.
  const log = total / mass > 0.3 ? Math.log1p(excess / mass) : Math.log(total / mass);
  return Math.exp(pivot + log / power);
}

// Stretches of alpha, strictly between 0 and infinity, with the same winners.
export function reigns(recount) {
  const name = (at) => recount.at(alphaAt(at)).winners.join();
  const points = Array.from({ length: POINTS + 1 }, (_, step) => Math.min(Math.max(step / POINTS, ENDS), 1 - ENDS));
  const cuts = [];
  const search = (low, high) => {
    if (name(low) === name(high)) return;
    let inside = low,
      outside = high;
    while (outside - inside > 1e-13) {
      const middle = (inside + outside) / 2;
      if (middle === inside || middle === outside) break;
      if (name(middle) === name(low)) inside = middle;
      else outside = middle;
    }
    cuts.push(outside);
    search(outside, high);
  };
  for (let step = 0; step < POINTS && recount.columns; step += 1) search(points[step], points[step + 1]);
  if (!recount.columns)
    for (let step = 0; step < POINTS; step += 1)
      if (name(points[step]) !== name(points[step + 1])) cuts.push(points[step + 1]);
  return merged([0, ...cuts, 1], name)
    .map(({ low, high, at }) => ({
      low: alphaAt(low),
      high: alphaAt(high),
      winners: recount.at(alphaAt(at)).winners,
      near: null,
    }))
    .reduce(overtaken, []);
}

// Scores that are not equal everywhere meet in points alone: a winner that others join for a stretch leads by less than
// the tolerance there, and nothing overtakes it. `near` says who comes so near, and from where.
function overtaken(found, stretch) {
  const last = found[found.length - 1];
  const joined = last && stretch.winners.filter((winner) => !last.winners.includes(winner));
  if (last && joined.length === stretch.winners.length - last.winners.length) {
    last.high = stretch.high;
    last.near = { others: joined, from: last.near?.from ?? stretch.low };
  } else found.push(stretch);
  return found;
}

// Winners at the ends where they are others than beside them, as where the worst-off fare alike; null where not.
export function limits(recount, stretches) {
  const own = (alpha, beside) => {
    const { winners } = recount.at(alpha);
    return winners.join() === beside.winners.join() ? null : winners;
  };
  return { sum: own(0, stretches[0]), worst: own(Infinity, stretches[stretches.length - 1]) };
}

function merged(ends, name) {
  const found = [];
  for (let step = 0; step + 1 < ends.length; step += 1) {
    const [low, high] = [ends[step], ends[step + 1]];
    const at = (Math.max(low, ENDS) + Math.min(high, 1 - ENDS)) / 2;
    const last = found[found.length - 1];
    if (high - low < NARROW) {
      if (last) last.high = (low + high) / 2;
      continue;
    }
    if (last && name(last.at) === name(at)) last.high = high;
    else found.push({ low: last ? last.high : low, high, at });
  }
  return found;
}

// How a group of known means fares under winners: its welfare, what it loses against its best, whether none of that won.
export function fate(group, winners) {
  const own = winners.map((winner) => group.means[winner]);
  const favourites = group.favourites.flatMap((best, column) => (best ? [column] : []));
  if (!winners.length || !favourites.length || own.includes(null))
    return { welfare: null, regret: null, loses: false, favourites };
  const welfare = own.reduce((a, b) => a + b, 0) / own.length;
  const top = Math.max(...favourites.map((column) => group.means[column]));
  return { welfare, regret: top - welfare, loses: !favourites.some((column) => winners.includes(column)), favourites };
}
