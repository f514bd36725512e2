/**
 * Deaths and person-time between any two days, and their comparison: the curves of series/curve.py.
 * Days are whole numbers since 1970-01-01; a period includes both of its ends.
 *
 * @typedef {[number, number]} Period
 * @typedef {{key: string, label: string, yearly: boolean, days: number[], deaths: number[],
 *   shared: number[], gaps: Period[]}} Source a knot a day up to which it counted; `shared` are
 *   bends that nobody counted up to, `gaps` days without any count (the second one excluded)
 * @typedef {{first: number, people: number[]}} Population people by year
 * @typedef {(start: number, end: number) => number} PersonTime
 * @typedef {{deaths: number, time: number, baseDeaths: number, baseTime: number, expected: number,
 *   fewer: number, fall: number, rate: number, shared: boolean}} Comparison
 */

/** @param {number} year @param {number} month 1 to 12, or beyond @param {number} date */
export const dayOf = (year, month, date) => Date.UTC(year, month - 1, date) / 864e5;

/** @param {number} day @returns {[number, number, number]} year, month, date */
export function civil(day) {
  const date = new Date(day * 864e5);
  return [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
}

/** @param {number} day */
export const iso = (day) => new Date(day * 864e5).toISOString().slice(0, 10);

/** A day that is written as 2012-03-09; NaN for anything else. @param {string} text */
export function parseDay(text) {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return NaN;
  const day = Date.parse(text + 'T00:00:00Z') / 864e5;
  return Number.isNaN(day) || iso(day) !== text ? NaN : day;
}

/** First days of the months that begin between two days. @param {number} first @param {number} last */
export function monthStarts(first, last) {
  const [year, month] = civil(first), days = [];
  for (let i = month, day; (day = dayOf(year, i, 1)) <= last; i++) if (day >= first) days.push(day);
  return days;
}

/** Index of the last value that is not above x. @param {ArrayLike<number>} values @param {number} x */
function place(values, x) {
  let low = 0, high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] <= x) low = middle + 1; else high = middle;
  }
  return low - 1;
}

/** Deaths up to the start of a day. @param {Source} source @param {number} day */
function cumulative({ days, deaths }, day) {
  const i = Math.min(place(days, day), days.length - 2);
  return (deaths[i + 1] - deaths[i]) / (days[i + 1] - days[i]) * (day - days[i]) + deaths[i];
}

/** Whether somebody counted up to the start of a day. @param {Source} source @param {number} day */
export const isKnot = ({ days, shared }, day) => days[place(days, day)] === day && !shared.includes(day);

/** Deaths of a period; NaN where one of its days has no count. @param {Source} source @param {Period} period */
export function deathsIn(source, [start, end]) {
  const { days, gaps } = source;
  if (start < days[0] || end + 1 > days[days.length - 1] || end < start) return NaN;
  if (gaps.some(([from, until]) => from <= end && until > start)) return NaN;
  return cumulative(source, end + 1) - cumulative(source, start);
}

/**
 * Person-years between two days, or days where there is no population. A year's population is that
 * of its middle and grows evenly up to the next; a day adds its share of its calendar year.
 * @param {Population} [population] @returns {PersonTime}
 */
export function personTime(population) {
  if (!population) return (start, end) => end - start + 1;
  const middles = population.people.map((_, i) =>
    (dayOf(population.first + i, 1, 1) + dayOf(population.first + i + 1, 1, 1)) / 2);
  const start = Math.floor(middles[0]) + 1, stop = Math.floor(middles[middles.length - 1]);
  const total = new Float64Array(stop - start + 1);
  for (let day = start; day < stop; day++) {
    const i = Math.min(place(middles, day + .5), middles.length - 2);
    const [before, after] = population.people.slice(i, i + 2);
    const share = (day + .5 - middles[i]) / (middles[i + 1] - middles[i]);
    const [year] = civil(day);
    const length = dayOf(year + 1, 1, 1) - dayOf(year, 1, 1);
    total[day - start + 1] = total[day - start] + before * (after / before) ** share / length;
  }
  return (from, to) => from < start || to + 1 > stop ? NaN : total[to + 1 - start] - total[from - start];
}

/** @param {Source} source @param {PersonTime} time @param {Period} study @param {Period} base @returns {Comparison} */
export function compare(source, time, study, base) {
  const deaths = deathsIn(source, study), baseDeaths = deathsIn(source, base);
  const exposure = time(...study), baseTime = time(...base);
  const apart = base[1] < study[0] || study[1] < base[0];
  const expected = apart ? baseDeaths / baseTime * exposure : NaN;
  return {
    deaths, baseDeaths, time: exposure, baseTime, expected,
    fewer: expected - deaths, fall: 100 * (1 - deaths / expected), rate: 1e5 * deaths / exposure,
    shared: ![study, base].every(([a, b]) => isKnot(source, a) && isKnot(source, b + 1)),
  };
}

/**
 * The baselines that are listed for a first day: those of the rule for verdicts, and those that
 * texts and yearly figures use. `anchors` are days from which an intervention is counted: a study
 * period that begins some weeks after one is still compared with what came before the event.
 * @param {number} start @param {Source} source @param {number[]} anchors
 * @returns {{key: string, period: Period}[]}
 */
export function baselines(start, source, anchors) {
  const event = anchors.find((day) => day <= start && start - day < 62) ?? start;
  const [year, month] = civil(event), january = dayOf(year, 1, 1);
  /** @type {{key: string, period: Period}[]} */
  const all = [
    { key: 'eve', period: [january, event - 1] },
    { key: 'twelve', period: [dayOf(year - 1, month, 1), dayOf(year, month, 1) - 1] },
    { key: 'year', period: [dayOf(year - 1, 1, 1), january - 1] },
    { key: 'three', period: [dayOf(year - 3, 1, 1), january - 1] },
  ];
  return all.filter(({ key, period }) => key === 'eve'
    ? !source.yearly && event - january >= 60 && !(deathsIn(source, period) < 100)
    : key === 'twelve' ? !source.yearly && month > 1
      : key === 'year' || period[0] >= source.days[0]);
}
