/**
 * Whether a value is what was printed: the rule of claims/ for the range that a figure stands for.
 *
 * @typedef {'plain'|'hedged'|'nearly'|'more'|'fewer'} Word
 * @typedef {{value: number, lower: number, upper: number, nearLower: number, nearUpper: number}} Accepted
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
  // Half a unit of the last digit that is not zero: 4,500 is rounded to hundreds, 70.1 to tenths.
  const digits = part.replace(/0+$/, '');
  const unit = digits ? 10 ** -digits.length : 10 ** (/0*$/.exec(whole)?.[0].length ?? 0);
  const [least, most] = word === 'hedged' ? [value / 20, value / 10] : [value / 50, value / 20];
  const h = Math.min(Math.max(unit / 2, least), most);
  if (word === 'nearly') {
    return { value, lower: value - h, upper: value, nearLower: value - 1.5 * h, nearUpper: value };
  }
  if (word === 'more') return { value, lower: value, upper: 1.5 * value, nearLower: value, nearUpper: 1.5 * value };
  if (word === 'fewer') return { value, lower: value / 1.5, upper: value, nearLower: value / 1.5, nearUpper: value };
  return { value, lower: value - h, upper: value + h, nearLower: value - 1.5 * h, nearUpper: value + 1.5 * h };
}

/** @param {Accepted|null} range @param {number} x @returns {Fate} */
export function fateOf(range, x) {
  if (!range || !Number.isFinite(x)) return 'none';
  if (x >= range.lower && x <= range.upper) return 'gives';
  return x >= range.nearLower && x <= range.nearUpper ? 'near' : 'out';
}

/**
 * The rate of the baseline (deaths a day or a person-year) at which a printed change would be exact.
 * @param {string} kind @param {number} value @param {number} deaths @param {number} time
 */
export function needed(kind, value, deaths, time) {
  /** @type {Record<string, number>} */
  const expected = { averted: value + deaths, fall: deaths / (1 - value / 100), rise: deaths / (1 + value / 100), ratio: deaths / value };
  return (expected[kind] ?? NaN) / time;
}
