/**
 * Limits that allow for counts which scatter and whose good and bad months come in spells: the
 * rule of methods/limits.py. Counts are Poisson about a log-normal AR(1) rate; the variance of the
 * estimate is averaged over what the series leaves open about the strength of both.
 */

const RHO = [0, .1, .2, .3, .4, .5, .6, .7, .8, .9, .94, .97, .99]; // correlation of neighbouring rates
const NODES = 30; // of log(dispersion)

const sum = (/** @type {ArrayLike<number>} */ x) => Array.prototype.reduce.call(x, (a, b) => a + b, 0);

/** @param {ArrayLike<number>} a @param {ArrayLike<number>} b */
function dot(a, b) {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i] * b[i];
  return total;
}

/** Normal distribution function: a series near zero, a continued fraction beyond. @param {number} x */
export function normal(x) {
  const z = Math.abs(x), density = Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
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
 * The eigenvalues of a symmetric matrix, and a vector turned into its axes: reflections to three
 * diagonals, then implicit QL steps (Wilkinson and Reinsch 1971). Both arguments are used up.
 * @param {Float64Array[]} a @param {Float64Array} v @returns {Float64Array}
 */
export function spectrum(a, v) {
  const n = a.length, d = new Float64Array(n), off = new Float64Array(n);
  const u = new Float64Array(n), q = new Float64Array(n);
  for (let k = 0; k < n - 2; k++) {
    let square = 0;
    for (let i = k + 1; i < n; i++) square += (u[i] = a[i][k]) ** 2;
    const length = u[k + 1] < 0 ? -Math.sqrt(square) : Math.sqrt(square);
    off[k] = -length;
    if (square === 0) continue;
    u[k + 1] += length;
    const h = square + length * (u[k + 1] - length);
    let inner = 0, along = 0;
    for (let i = k + 1; i < n; i++) {
      let total = 0;
      for (let j = k + 1; j < n; j++) total += a[i][j] * u[j];
      inner += (q[i] = total / h) * u[i];
      along += u[i] * v[i];
    }
    for (let i = k + 1; i < n; i++) {
      q[i] -= inner / (2 * h) * u[i];
      v[i] -= along / h * u[i];
    }
    for (let i = k + 1; i < n; i++) {
      const row = a[i], x = u[i], y = q[i];
      for (let j = k + 1; j < n; j++) row[j] -= x * q[j] + y * u[j];
    }
  }
  for (let i = 0; i < n; i++) d[i] = a[i][i];
  if (n > 1) off[n - 2] = a[n - 1][n - 2];
  for (let l = 0; l < n; l++) {
    for (let round = 0; round < 60; round++) {
      let m = l;
      while (m < n - 1 && Math.abs(off[m]) > 2.3e-16 * (Math.abs(d[m]) + Math.abs(d[m + 1]))) m++;
      if (m === l) break;
      let g = (d[l + 1] - d[l]) / (2 * off[l]);
      g = d[m] - d[l] + off[l] / (g + (g < 0 ? -1 : 1) * Math.hypot(g, 1));
      let s = 1, c = 1, shift = 0, i = m - 1;
      for (; i >= l; i--) {
        const f = s * off[i], b = c * off[i], r = Math.hypot(f, g);
        off[i + 1] = r;
        if (r === 0) {
          d[i + 1] -= shift;
          off[m] = 0;
          break;
        }
        s = f / r;
        c = g / r;
        g = d[i + 1] - shift;
        const t = (d[i] - g) * s + 2 * c * b;
        shift = s * t;
        d[i + 1] = g + shift;
        g = c * t - b;
        const x = v[i + 1];
        v[i + 1] = s * v[i] + c * x;
        v[i] = c * v[i] - s * x;
      }
      if (i >= l) continue;
      d[l] -= shift;
      off[l] = g;
      off[m] = 0;
    }
  }
  return d;
}

/** Rows that span what is at right angles to a vector: one Householder reflection. @param {number[]} v */
function complement(v) {
  const u = v.slice();
  u[0] += Math.hypot(...v);
  const square = dot(u, u);
  return v.slice(1).map((_, i) => u.map((x, k) => (k === i + 1 ? 1 : 0) - 2 * u[i + 1] * x / square));
}

/** Half-width of a mixture of centred normals. @param {number[]} w @param {number[]} s @param {number} conf */
function halfWidth(w, s, conf) {
  const kept = w.map((_, i) => i).filter((i) => w[i] > 1e-9), total = sum(kept.map((i) => w[i]));
  let low = 0, high = 10 * Math.max(...kept.map((i) => s[i])), at = high / 10;
  for (let round = 0; round < 60 && high - low > 1e-15 * high; round++) {
    let below = -total * (1 + conf) / 2, slope = 0;
    for (const i of kept) {
      const z = at / s[i];
      below += w[i] * normal(z);
      slope += w[i] * Math.exp(-z * z / 2) / (Math.sqrt(2 * Math.PI) * s[i]);
    }
    if (below < 0) low = at; else high = at;
    const next = at - below / slope; // Newton's step, where it stays inside
    if (Math.abs(next - at) < 1e-15 * at) break;
    at = next > low && next < high ? next : (low + high) / 2;
  }
  return at;
}

/**
 * Ratio of the rates from index `step` on to those before, and the deaths expected then, each as
 * [estimate, lower, upper]; null where the counts are too few for limits.
 * @param {number[]} y counts @param {number[]} exposure @param {number} step
 * @param {number[]} [time] middle of each count, in months @param {number} [conf]
 */
export function limits(y, exposure, step, time = y.map((_, i) => i), conf = .95) {
  const n = y.length;
  const [T0, T1] = [sum(y.slice(0, step)), sum(y.slice(step))];
  const [E0, E1] = [sum(exposure.slice(0, step)), sum(exposure.slice(step))];
  if (!(T0 > 0 && T1 > 0) || step < 1 || n - step < 1 || n < 4) return null;
  const mu = exposure.map((e, i) => Math.max(.3, e * (i < step ? T0 / E0 : T1 / E1)));
  const r = y.map((count, i) => 2 * (Math.sqrt(count + .375) - Math.sqrt(mu[i] + .375)));
  const mean = sum(mu) / n, root = mu.map(Math.sqrt);
  // The levels of the two periods touch disjoint rows, so that a reflection each is enough.
  const Q = [...complement(root.slice(0, step)).map((row) => [...row, ...Array(n - step).fill(0)]),
    ...complement(root.slice(step)).map((row) => [...Array(step).fill(0), ...row])];
  const e = Q.map((row) => dot(row, r)), top = Math.log(20 + 60 * dot(e, e) / e.length);
  const kappa = Array.from({ length: NODES }, (_, i) => Math.expm1(top * i / (NODES - 1)));
  const a = exposure.map((x, i) => i < step ? -x / E0 : x / E1), expected = E1 * T0 / E0;
  const logs = /** @type {number[]} */ ([]), spread = /** @type {number[]} */ ([]);
  RHO.forEach((rho, j) => {
    const R = time.map((t) => Float64Array.from(time, (s) => t === s ? 1 : rho ** Math.abs(t - s)));
    const half = R.map((row, i) => Float64Array.from(Q, (q) => {
      let total = 0;
      for (let k = 0; k < n; k++) total += row[k] * root[k] * q[k];
      return total * root[i] / mean;
    }));
    const matrix = Q.map((q) => {
      const row = new Float64Array(Q.length);
      for (let k = 0; k < n; k++) if (q[k]) for (let c = 0; c < row.length; c++) row[c] += q[k] * half[k][c];
      return row;
    });
    const turned = Float64Array.from(e), apart = dot(a, R.map((row) => dot(row, a)));
    const axes = spectrum(matrix, turned);
    // A flat prior on rho: each node stands for what lies nearest to it.
    const edge = (/** @type {number} */ i) => i < 0 ? 0 : i >= RHO.length - 1 ? 1 : (RHO[i] + RHO[i + 1]) / 2;
    for (const k of kappa) {
      let log = Math.log(edge(j) - edge(j - 1));
      for (let i = 0; i < e.length; i++) {
        const v = 1 + Math.max(axes[i], 0) * k;
        log -= .5 * (Math.log(v) + turned[i] ** 2 / v);
      }
      logs.push(log);
      spread.push(k / mean * apart);
    }
  });
  const best = Math.max(...logs), raw = logs.map((log) => Math.exp(log - best)), all = sum(raw);
  const width = (/** @type {number} */ own) =>
    halfWidth(raw.map((x) => x / all), spread.map((x) => Math.sqrt(own + x)), conf);
  const h = width(1 / T0 + 1 / T1), f = width(1 / T0 + 1 / expected), ratio = T1 / E1 * E0 / T0;
  return {
    ratio: [ratio, ratio * Math.exp(-h), ratio * Math.exp(h)],
    expected: [expected, expected * Math.exp(-f), expected * Math.exp(f)],
  };
}
