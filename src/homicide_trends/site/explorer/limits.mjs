/**
 * Limits that allow for counts which scatter and whose good and bad months come in spells: the
 * rule of methods/limits.py for the ratio of two rates. Counts are Poisson about a log-normal AR(1)
 * rate; the variance of the estimate is averaged over what the series leaves open about the
 * strength of both.
 */
import { civil, deathsIn } from './curve.mjs';

const RHO = [0, .1, .2, .3, .4, .5, .6, .7, .8, .9, .94, .97, .99]; // correlation of neighbouring units
const NODES = 30; // of the dispersion
const FEWEST = 6; // counted periods that tell of their scatter
const SMALLEST_MEAN = .3;
const ROOT = Math.sqrt(2 * Math.PI);

/** @typedef {{y: number[], size: number[], side: number[], first: number[], length: number[]}} Series side: -1 before, 1 after */

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
 * after (as a count); null where a side has no deaths.
 * @param {Series} series @param {number} [conf]
 */
export function sideLimits(series, conf = .95) {
  const { y, size, side, length } = series, add = (/** @type {number[]} */ x, /** @type {number} */ of) =>
    x.reduce((sum, value, i) => side[i] === of ? sum + value : sum, 0);
  const [T0, T1, E0, E1] = [add(y, -1), add(y, 1), add(size, -1), add(size, 1)];
  if (!(T0 > 0 && T1 > 0)) return null;
  const m = size.map((e, i) => Math.max(SMALLEST_MEAN, e * (side[i] < 0 ? T0 / E0 : T1 / E1)));
  const unit = m.reduce((a, b) => a + b, 0) / length.reduce((a, b) => a + b, 0), root = Float64Array.from(m, Math.sqrt);
  const after = root.map((x, i) => side[i] > 0 ? x : 0);
  const residual = root.map((_, i) => 2 * (Math.sqrt(y[i] + .375) - Math.sqrt(m[i] + .375)));
  // What the residuals leave once their mean on each side is taken out.
  let left = 0;
  const inner = [0, 0];
  residual.forEach((r, i) => {
    left += r * r;
    inner[side[i] > 0 ? 1 : 0] += root[i] * r;
  });
  left -= inner[0] ** 2 / T0 + inner[1] ** 2 / T1;
  const most = Math.log(20 + 60 * Math.max(left, 0) / (y.length - 2));
  const kappa = Array.from({ length: NODES }, (_, i) => Math.expm1(most * i / (NODES - 1)));
  const relative = m.map((x) => x / unit), contrast = size.map((e, i) => side[i] * e / (side[i] < 0 ? E0 : E1));
  const logs = new Float64Array(RHO.length * NODES), spread = new Float64Array(logs.length);
  RHO.forEach((rho, j) => {
    const steps = spans(rho, series);
    // Each node stands for the correlations that lie nearest to it, of a flat distribution.
    const share = (j === RHO.length - 1 ? 1 : (rho + RHO[j + 1]) / 2) - (j ? (rho + RHO[j - 1]) / 2 : 0);
    let before = 0, square = 0;
    steps.forEach(({ lead, carry, mean, reach }, at) => {
      square += contrast[at] * (contrast[at] * mean + 2 * lead * before);
      before = carry * before + contrast[at] * reach;
    });
    kappa.forEach((k, i) => {
      logs[j * NODES + i] = Math.log(share) + likelihood(steps, [root, after, residual], relative, k);
      spread[j * NODES + i] = square * k / unit;
    });
  });
  const best = Math.max(...logs), raw = logs.map((log) => Math.exp(log - best)), sum = raw.reduce((a, b) => a + b, 0);
  const width = (/** @type {number} */ own) => halfWidth(raw.map((x) => x / sum), spread.map((x) => Math.sqrt(own + x)), conf);
  return { ratio: Math.exp(width(1 / T0 + 1 / T1)), count: Math.exp(width(1 / T0 + E0 / (T0 * E1))) };
}

/**
 * The same for a baseline and a study period, told by the counts that they hold. Limits are by days,
 * time in months; null where too few periods were counted.
 * @param {import('./curve.mjs').Source} source @param {[number, number]} base @param {[number, number]} study
 */
export function pairLimits(source, base, study) {
  /** @type {Series} */
  const series = { y: [], size: [], side: [], first: [], length: [] };
  for (const [side, [start, end]] of /** @type {[number, [number, number]][]} */ ([[-1, base], [1, study]])) {
    for (const row of source.counted) {
      if (row[1] < start || row[0] > end) continue;
      const first = Math.max(row[0], start), last = Math.min(row[1], end), [a, b] = [civil(first), civil(last)];
      series.y.push(deathsIn(source, [first, last]));
      series.size.push(last - first + 1);
      series.side.push(side);
      series.first.push(12 * a[0] + a[1]);
      series.length.push(12 * b[0] + b[1] - 12 * a[0] - a[1] + 1);
    }
  }
  return series.y.length < FEWEST || series.y.some(Number.isNaN) ? null : sideLimits(series);
}
