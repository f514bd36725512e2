/**
 * The choices of a reader, to and from the part of the address after `#`, so that a choice can be
 * sent. What is not valid falls back, one by one, on what stood there before.
 *
 * @typedef {{place: string, from: number, to: number, base: string, baseFrom: number, baseTo: number,
 *   who: string, pop: string, method: string, kind: string, value: string, word: string}} State
 */
import { METHODS, iso, parseDay } from './curve.mjs';
import { parseValue, WORDS } from './reading.mjs';

/** Measures of figures.csv that can be asked for here. */
export const KINDS = ['percent_decline', 'percent_increase', 'averted_deaths', 'homicide_rate', 'daily_mean',
  'homicides', 'rate_ratio'];
/** Those that are told without a baseline. */
export const ALONE = ['homicide_rate', 'daily_mean', 'homicides'];
export const BASES = ['stated', 'eve', 'year_before', 'previous_year', 'three_years', 'all_before', 'own'];

/** @param {any} data @param {string} place @returns {[number, number]} first and last day that can be chosen */
export function bounds(data, place) {
  const { sources } = data.places[place];
  return [Math.min(...sources.map((/** @type {any} */ s) => s.days[0])),
    Math.max(...sources.map((/** @type {any} */ s) => s.days[s.days.length - 1])) - 1];
}

/** @param {string} hash @param {any} data @param {State} before @returns {State} */
export function readState(hash, data, before) {
  const asked = new URLSearchParams(hash.replace(/^#/, '')), state = { ...before };
  const take = (/** @type {'place'|'who'|'pop'|'method'|'kind'|'word'|'base'} */ key, /** @type {string[]} */ known) => {
    const value = asked.get(key);
    if (value && known.includes(value)) state[key] = value;
    else if (!known.includes(state[key])) state[key] = known[0];
  };
  take('place', Object.keys(data.places));
  const at = data.places[state.place], [first, last] = bounds(data, state.place);
  const date = (/** @type {string|null|undefined} */ text) => {
    const day = parseDay(text ?? '');
    return day >= first && day <= last ? day : NaN;
  };
  take('who', at.sources.map((/** @type {any} */ source) => source.key));
  take('pop', ['days', ...Object.keys(at.people)]);
  take('method', METHODS);
  take('kind', KINDS);
  take('word', [...WORDS, ...data.readings.map((/** @type {any} */ each) => each.word)]);
  const own = (asked.get('base') ?? '').split('..').map(date);
  if (own.length === 2 && own[0] <= own[1]) {
    Object.assign(state, { base: 'own', baseFrom: own[0], baseTo: own[1] });
  } else take('base', BASES);
  const [from, to] = [date(asked.get('from')), date(asked.get('to'))];
  if (from <= to) Object.assign(state, { from, to });
  const value = asked.get('value');
  if (value && value.length < 20 && !Number.isNaN(parseValue(value))) state.value = value;
  // A direction without a number: "a fall", "a marked fall".
  if (!WORDS.includes(state.word)) state.value = '';
  return state;
}

/** @param {State} state */
export function writeState({ place, from, to, base, baseFrom, baseTo, who, pop, method, kind, value, word }) {
  return '#' + new URLSearchParams({
    place, from: iso(from), to: iso(to), base: base === 'own' ? `${iso(baseFrom)}..${iso(baseTo)}` : base,
    who, pop, method, kind, value: value.replace(/,/g, ''), word,
  });
}
