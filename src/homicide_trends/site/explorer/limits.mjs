/**
 * Limits that allow for counts which scatter and whose good and bad months come in spells: the
 * rule of methods/limits.py for the ratio of two rates, and that of rates/period_limits.py for
 * the periods that tell of the scatter. Counts are Poisson about a log-normal AR(1) rate; the
 * variance of the estimate is averaged over what the series leaves open about the strength of both.
 */
import { civil, deathsIn } from './curve.mjs';

const RHO = [0, .1, .2, .3, .4, .5, .6, .7, .8, .9, .94, .97, .99]; // correlation of neighbouring units
const NODES = 30; // of the dispersion
const FEWEST = 6; // counted periods that tell of their own scatter
const SMALLEST_MEAN = .3;
const ROOT = Math.sqrt(2 * Math.PI);

/** @typedef {{y: number[], size: number[], before: number[], after: number[], first: number[], length: number[]}} Series before, after: the share of each period on either side */

/** Normal distribution function: a series near zero, a continued fraction beyond. @param {number} x */
export function normal(x) {
  const z = Math.abs(x), density = Math.exp(-z * z / 2) / ROOT;
  let above;
  if (z < 4) {
    let term = z, total = z;
    for (let k = 3; term > 1e-17 * total; k += 2) total += term *= z * z / k;
    above = .5 - density * total;
  } else {
    let fraction = z;
    for (let k = 40; k > 0; k--) fraction = z + k / fraction;
    above = density / fraction;
  }
  return x > 0 ? 1 - above : above;
}

/**
 * How a period's mean deviation follows from the deviation at the end of the one before, for one
 * correlation: the mean is `lead` times the last deviation and a part of variance `own`, the new
 * last one `carry` times it, `cross` is their covariance; `mean` and `reach` without a past.
 * @param {number} rho @param {Series} series
 */
function spans(rho, { first, length }) {
  return first.map((begins, at) => {
    const gap = at ? Math.max(begins - (first[at - 1] + length[at - 1] - 1), 0) : 0, units = length[at];
    let sum = 0, inner = 1;
    for (let k = 0; k < units; k++) sum += rho ** k;
    for (let k = 1; k < units; k++) inner += 2 * (1 - k / units) * rho ** k;
    const reach = sum / units, lead = rho ** gap * reach, carry = rho ** (gap + units - 1), mean = inner / units;
    return { lead, carry, own: mean - lead * lead, cross: reach - lead * carry, mean, reach };
  });
}

/**
 * Restricted log-likelihood of the residuals given the fitted columns, by the Kalman filter.
 * @param {ReturnType<typeof spans>} steps @param {Float64Array[]} columns the last one the residuals
 * @param {number[]} relative means over their mean a unit @param {number} kappa dispersion less one
 */
function likelihood(steps, columns, relative, kappa) {
  const count = columns.length, state = new Float64Array(count), inner = new Float64Array(count * count), errors = new Float64Array(count);
  let variance = 1, logs = 0;
  for (let at = 0; at < steps.length; at++) {
    const { lead, carry, own, cross } = steps[at], signal = kappa * relative[at], root = Math.sqrt(signal);
    const weight = 1 / (1 + signal * (lead * lead * variance + own));
    let gain = variance * carry * lead + cross;
    logs -= Math.log(weight);
    variance = variance * carry * carry + 1 - carry * carry - signal * gain * gain * weight;
    gain *= root * weight;
    for (let one = 0; one < count; one++) {
      const error = errors[one] = columns[one][at] - root * lead * state[one];
      state[one] = state[one] * carry + gain * error;
      for (let other = 0; other <= one; other++) inner[one * count + other] += error * weight * errors[other];
    }
  }
  for (let one = 0; one < count - 1; one++) {
    const pivot = Math.max(inner[one * count + one], 1e-300);
    logs += Math.log(pivot);
    for (let row = one + 1; row < count; row++) {
      const factor = inner[row * count + one] / pivot;
      for (let column = one + 1; column <= row; column++) inner[row * count + column] -= factor * inner[column * count + one];
    }
  }
  return -.5 * (logs + inner[count * count - 1]);
}

/** Half-width that holds a share of a mixture of centred normals. @param {Float64Array} w @param {Float64Array} s @param {number} conf */
function halfWidth(w, s, conf) {
  const kept = [];
  let square = 0;
  for (let i = 0; i < w.length; i++) {
    square += w[i] * s[i] * s[i];
    if (w[i] > 1e-17) kept.push(i);
  }
  let half = 1.959964 * Math.sqrt(square);
  for (let round = 0; round < 60; round++) {
    let excess = -(1 + conf) / 2, slope = 0;
    for (const i of kept) {
      const z = half / s[i];
      excess += w[i] * normal(z);
      slope += w[i] / s[i] * Math.exp(-z * z / 2);
    }
    half = Math.max(half - excess / slope * ROOT, 0);
    if (Math.abs(excess) < 1e-12) break;
  }
  return half;
}

/**
 * Factors by which chance may move the ratio of the rates after and before, and the deaths expected
 * after (as a count); null where nothing can be told. `apart`: the two sides have levels of their own, else the scatter is
 * that of all periods about one level.
 * @param {Series} series @param {boolean} apart @param {number} [conf]
 */
export function sideLimits(series, apart, conf = .95) {
  const { y, size, before, after } = series, n = y.length, every = y.map(() => 1);
  const total = (/** @type {number[]} */ x, /** @type {number[]} */ share) => x.reduce((sum, value, i) => sum + share[i] * value, 0);
  const [T0, T1, E0, E1] = [total(y, before), total(y, after), total(size, before), total(size, after)];
  if (!(T0 > 0 && T1 > 0)) return null;
  const used = before.map((share, i) => !apart || share + after[i] > 0), level = total(y, every) / total(size, every);
  const m = size.map((e, i) => used[i] ? Math.max(SMALLEST_MEAN, e * (!apart ? level : after[i] ? T1 / E1 : T0 / E0)) : 0);
  const all = used.filter(Boolean).length, unit = m.reduce((a, b) => a + b, 0) / series.length.reduce((a, b, i) => used[i] ? a + b : a, 0);
  const column = (/** @type {(i: number) => number} */ of) => Float64Array.from(y, (_, i) => used[i] ? of(i) : 0);
  const columns = [column((i) => Math.sqrt(m[i])), ...(apart ? [column((i) => after[i] ? Math.sqrt(m[i]) : 0)] : []),
    column((i) => 2 * (Math.sqrt(y[i] + .375) - Math.sqrt(m[i] + .375)))];
  const residual = columns[columns.length - 1], root = columns[0];
  // What the residuals leave once their mean on each side is taken out.
  let left = 0;
  const inner = [0, 0];
  for (let i = 0; i < n; i++) {
    left += residual[i] ** 2;
    inner[apart && after[i] ? 1 : 0] += root[i] * residual[i];
  }
  const weights = apart ? [T0, T1] : [total(y, every), Infinity];
  left -= inner[0] ** 2 / weights[0] + inner[1] ** 2 / weights[1];
  const most = Math.log(20 + 60 * Math.max(left, 0) / (all - columns.length + 1));
  const kappa = Array.from({ length: NODES }, (_, i) => Math.expm1(most * i / (NODES - 1)));
  const relative = m.map((x) => x / unit), contrast = size.map((e, i) => after[i] * e / E1 - before[i] * e / E0);
  const logs = new Float64Array(RHO.length * NODES), spread = new Float64Array(logs.length);
  RHO.forEach((rho, j) => {
    const steps = spans(rho, series);
    // Each node stands for the correlations that lie nearest to it, of a flat distribution.
    const share = (j === RHO.length - 1 ? 1 : (rho + RHO[j + 1]) / 2) - (j ? (rho + RHO[j - 1]) / 2 : 0);
    let past = 0, square = 0;
    steps.forEach(({ lead, carry, mean, reach }, at) => {
      square += contrast[at] * (contrast[at] * mean + 2 * lead * past);
      past = carry * past + contrast[at] * reach;
    });
    kappa.forEach((k, i) => {
      logs[j * NODES + i] = Math.log(share) + likelihood(steps, columns, relative, k);
      spread[j * NODES + i] = square * k / unit;
    });
  });
  const best = Math.max(...logs), raw = logs.map((log) => Math.exp(log - best)), sum = raw.reduce((a, b) => a + b, 0);
  const width = (/** @type {number} */ own) => halfWidth(raw.map((x) => x / sum), spread.map((x) => Math.sqrt(own + x)), conf);
  return { ratio: Math.exp(width(1 / T0 + 1 / T1)), count: Math.exp(width(1 / T0 + E0 / (T0 * E1))) };
}

/** First unit of time of each counted period and how many it covers: years, months or shorter ones. @param {[number, number][]} rows */
function units(rows) {
  const dates = rows.map(([start, end]) => [civil(start), civil(end)]), days = rows.map(([a, b]) => b - a + 1);
  const sorted = [...days].sort((a, b) => a - b), half = sorted.length >> 1;
  const median = sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  /** @type {[number, number][]} */
  let ends;
  if (dates.every(([a, b]) => a[0] === b[0] && a[1] === 1 && a[2] === 1 && b[1] === 12 && b[2] === 31)) {
    ends = dates.map(([a, b]) => [a[0], b[0]]);
  } else if (median >= 28) ends = dates.map(([a, b]) => [a[0] * 12 + a[1], b[0] * 12 + b[1]]);
  else {
    const unit = Math.trunc(median);
    ends = rows.map(([start], i) => {
      const begins = Math.floor((start - rows[0][0]) / unit);
      return [begins, begins + Math.max(Math.round(days[i] / unit), 1) - 1];
    });
  }
  return { first: ends.map(([a]) => a - ends[0][0]), length: ends.map(([a, b]) => b - a + 1) };
}

/**
 * The same for a baseline and a study period, told by the counts that they hold (or, if these are
 * few, by all on file), by days; a count that a period cuts gives its share by days.
 * @param {import('./curve.mjs').Source} source @param {[number, number]} base @param {[number, number]} study
 */
export function pairLimits(source, base, study) {
  const rows = source.counted;
  if (rows.length < FEWEST) return null;
  const { first, length } = units(rows);
  const inside = (/** @type {[number, number]} */ [a, b], /** @type {[number, number]} */ [start, end]) =>
    Math.max(Math.min(b, end) - Math.max(a, start) + 1, 0) / (end - start + 1);
  // With too few of their own all tell, each counted once; a count that both cut is else one on either side.
  const own = rows.map((row) => [inside(base, row), inside(study, row)]);
  const apart = own.filter(([a, b]) => a || b).length >= FEWEST;
  /** @type {Series} */
  const series = { y: [], size: [], before: [], after: [], first: [], length: [] };
  rows.forEach((row, i) => {
    const [a, b] = own[i], deaths = deathsIn(source, row), days = row[1] - row[0] + 1;
    for (const [before, after] of apart && a && b ? [[a, 0], [0, b]] : [[a, b]]) {
      const share = apart ? before + after || 1 : 1;
      series.y.push(share * deaths);
      series.size.push(share * days);
      series.before.push(before / share);
      series.after.push(after / share);
      series.first.push(first[i]);
      series.length.push(length[i]);
    }
  });
  return sideLimits(series, apart);
}
