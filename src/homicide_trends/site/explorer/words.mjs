/** Words, numbers and dates in the language of the page; every word comes from its data. */
import { civil } from './curve.mjs';

/** @type {Record<string, any>} */
let words = {};

/** @param {Record<string, any>} dictionary */
export function speak(dictionary) { words = dictionary; }

/** A whole message with its {places} filled. @param {string} key @param {Record<string, any>} [values] */
export const say = (key, values = {}) =>
  String(words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ''));

/** @param {number} x @param {number} [decimals] */
export function num(x, decimals = 0) {
  if (!Number.isFinite(x)) return '\u2013';
  const [whole, part] = Math.abs(x).toFixed(decimals).split('.');
  const text = whole.replace(/\B(?=(\d{3})+$)/g, ',') + (part ? '.' + part : '');
  return (x < 0 && /[1-9]/.test(text) ? '\u2212' : '') + text;
}

/** Things in a row, as the language of the page strings them together. @param {string[]} things */
export const together = (things) => new Intl.ListFormat(document.documentElement.lang.replace('en', 'en-GB')).format(things);

/** @param {number} day */
export function longDate(day) {
  const [year, month, date] = civil(day);
  return say('date', { year, date, month: words.months[month - 1] });
}

/** @param {number} day */
export function shortDate(day) {
  const [year, month] = civil(day);
  return say('short_date', { year, month: words.short_months[month - 1] });
}

/** @param {[number, number]} period */
export const span = ([start, end]) => say('span', { start: longDate(start), end: longDate(end) });
