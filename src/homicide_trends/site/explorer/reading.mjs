/**
 * Whether a value is what was printed: the rule of claims/accepted.py for the range that a figure stands for.
 *
 * @typedef {'plain'|'hedged'|'nearly'|'more'|'fewer'} Word
 * @typedef {{value: number|null, lower: number, upper: number|null, nearLower: number,
 *   nearUpper: number|null}} Accepted null: no number was stated, and no upper end
 * @typedef {'gives'|'near'|'out'|'none'} Fate
 */

export const WORDS = ['plain', 'hedged', 'nearly', 'more', 'fewer'];

/** A number above zero as people write it; NaN for anything else. @param {string} text */
export function parseValue(text) {
  const plain = text.replace(/[\s,%\u202f\u00a0]/g, '');
  return /^\d+(\.\d+)?$/.test(plain) && Number(plain) > 0 && Number(plain) <= 1e7 ? Number(plain) : NaN;
}

/** @param {string} text as printed @param {string} word @returns {Accepted|null} */
export function accepted(text, word) {
  const value = parseValue(text);
  if (Number.isNaN(value)) return null;
  const [whole, part = ''] = text.replace(/[^\d.]/g, '').split('.');
  // Half a unit of the last digit that was meant: 4,500 is told in hundreds, 70.1 and 70.0 in tenths.
  const unit = part ? 10 ** -part.length : 10 ** (/0*$/.exec(whole)?.[0].length ?? 0);
  const [least, most] = word === 'hedged' || word === 'nearly' ? [value / 20, value / 10] : [value / 50, value / 20];
  const h = Math.min(Math.max(unit / 2, least), most);
  if (word === 'more') return { value, lower: value, upper: 1.5 * value, nearLower: value, nearUpper: 1.5 * value };
  if (word === 'fewer') return { value, lower: value / 1.5, upper: value, nearLower: value / 1.5, nearUpper: value };
  const cut = word === 'nearly' ? value : Infinity;
  return { value, lower: value - h, upper: Math.min(value + h, cut), nearLower: value - 1.5 * h, nearUpper: Math.min(value + 1.5 * h, cut) };
}

/** @param {Accepted|null} range @param {number} x @returns {Fate} */
export function fateOf(range, x) {
  if (!range || !Number.isFinite(x)) return 'none';
  const tiny = 1e-9 * Math.max(1, Math.abs(x)); // limits are meant, not their last binary digit
  if (x >= range.lower - tiny && x <= (range.upper ?? Infinity) + tiny) return 'gives';
  return x >= range.nearLower - 1e-10 && x <= (range.nearUpper ?? Infinity) + tiny ? 'near' : 'out';
}

/**
 * The rate of the baseline (deaths a day or a person-year) at which a printed change would be exact.
 * @param {string} kind @param {number} value @param {number} deaths @param {number} time
 */
export function needed(kind, value, deaths, time) {
  /** @type {Record<string, number>} */
  const expected = { averted_deaths: value + deaths, percent_decline: deaths / (1 - value / 100),
    percent_increase: deaths / (1 + value / 100), rate_ratio: deaths / value };
  return (expected[kind] ?? NaN) / time;
}
