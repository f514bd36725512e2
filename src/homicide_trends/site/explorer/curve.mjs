/**
 * Deaths and person-time between any two days, and their comparison: the curves of series/curve.py.
 * Days are whole numbers since 1970-01-01; a period includes both of its ends.
 *
 * @typedef {[number, number]} Period
 * @typedef {{key: string, label: string, days: number[], deaths: number[], groups: number[],
 *   gaps: Period[], counted: Period[]}} Source cumulative deaths at the beginning of days, straight in between; what
 *   lies between two days of the same group was counted, group -1 is a bend at which no count
 *   begins or ends; `gaps` are days without a count, `counted` the periods that were counted as one
 * @typedef {{years: number[], people: number[], label: string}} Population
 * @typedef {(start: number, end: number) => number} PersonTime
 * @typedef {{deaths: number, time: number, baseDeaths: number, baseTime: number, expected: number}} Comparison
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

/** Adds to a place what its data leave out, because it follows from the rest. @param {any} at */
export function whole(at) {
  for (const source of at.sources) {
    source.groups ??= source.days.map(() => 0);
    source.counted ??= source.days.slice(1).map((/** @type {number} */ day, /** @type {number} */ i) => [source.days[i], day - 1]);
  }
  for (const each of Object.values(at.people)) each.years ??= each.people.map((/** @type {number} */ _, /** @type {number} */ i) => each.first + i);
  return at;
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

/** Deaths of a period; NaN where one of its days has no count. @param {Source} source @param {Period} period */
export function deathsIn(source, [start, end]) {
  const { days, gaps } = source;
  if (start < days[0] || end + 1 > days[days.length - 1] || end < start) return NaN;
  if (gaps.some(([from, until]) => from <= end && until >= start)) return NaN;
  return cumulative(source, end + 1) - cumulative(source, start);
}

/** The share of a period's deaths that had to be shared out by days, 0 to 1. @param {Source} source @param {Period} period */
export function sharedOf(source, [start, end]) {
  const total = deathsIn(source, [start, end]), first = /** @type {Map<number, number>} */ (new Map());
  let exact = 0;
  for (let i = Math.max(place(source.days, start - 1), 0); i < source.days.length && source.days[i] <= end + 1; i++) {
    const group = source.groups[i];
    if (source.days[i] < start || group < 0) continue;
    if (!first.has(group)) first.set(group, source.deaths[i]);
    exact = Math.max(exact, source.deaths[i] - (first.get(group) ?? NaN));
  }
  const share = total > 0 ? 1 - exact / total : total === 0 ? 0 : NaN;
  return Math.abs(share) < 1e-12 ? 0 : share;
}

/** The days at which a source's counts begin or end, inside a period and at its ends. @param {Source} source @param {Period} period */
export function pieces(source, [start, end]) {
  const cuts = [start];
  for (let i = place(source.days, start) + 1; i < source.days.length && source.days[i] <= end; i++) {
    if (source.groups[i] >= 0) cuts.push(source.days[i]);
  }
  return cuts.map((from, i) => /** @type {Period} */ ([from, (cuts[i + 1] ?? end + 1) - 1]));
}

/**
 * Person-years between two days, or days where there is no population. A year with an estimate has
 * lived just so many; within the year they follow the population at each noon, which grows evenly
 * between the middles of years and stays before the first and after the last.
 * @param {Population} [population] @returns {PersonTime}
 */
export function personTime(population) {
  if (!population) return (start, end) => end - start + 1;
  const { years, people } = population, opening = (/** @type {number} */ year) => dayOf(year, 1, 1);
  const middles = years.map((year) => (opening(year) + opening(year + 1)) / 2), logs = people.map(Math.log);
  const start = opening(years[0]), stop = opening(years[years.length - 1] + 1), lived = new Float64Array(stop - start + 1);
  for (let year = years[0], at = 0, i = 0; start + at < stop; year++) {
    const length = opening(year + 1) - opening(year), noons = new Float64Array(length);
    let total = 0;
    for (let day = 0; day < length; day++) {
      const noon = opening(year) + day + .5;
      while (i < middles.length - 2 && middles[i + 1] <= noon) i++;
      const next = Math.min(i + 1, logs.length - 1), width = next > i ? middles[next] - middles[i] : 1;
      const share = Math.min(Math.max((noon - middles[i]) / width, 0), 1);
      total += noons[day] = Math.exp(logs[i] + share * (logs[next] - logs[i]));
    }
    const known = years.indexOf(year), scale = (known < 0 ? total / length : people[known]) / total;
    for (const noon of noons) lived[++at] = lived[at - 1] + noon * scale;
  }
  return (from, to) => from < start || to + 1 > stop || to < from ? NaN : lived[to + 1 - start] - lived[from - start];
}

/** How many whole calendar years a period is; 0 for one that is cut. @param {Period} period */
function wholeYears([start, end]) {
  const [year, month, date] = civil(start), [until, next, first] = civil(end + 1);
  return month === 1 && date === 1 && next === 1 && first === 1 ? until - year : 0;
}

/** What a baseline says of another period: its rate, the mean of its yearly rates, their trend. */
export const METHODS = ['plain', 'mean_of_rates', 'trend'];

/** A period cut at the ends of calendar years. @param {Period} period */
function byYears([start, end]) {
  const spans = /** @type {Period[]} */ ([]);
  for (let year = civil(start)[0]; year <= civil(end)[0]; year++) spans.push([Math.max(start, dayOf(year, 1, 1)), Math.min(end, dayOf(year + 1, 1, 1) - 1)]);
  return spans;
}

/**
 * Deaths to expect by the yearly rates of a baseline, the rule of expected_by_years in claims/comparisons.py.
 * @param {string} method @param {Source} source @param {PersonTime} time @param {Period} study @param {Period} base
 */
function expectedByYears(method, source, time, study, base) {
  if (!wholeYears(base)) return NaN;
  const rates = byYears(base).map((span) => deathsIn(source, span) / time(...span)), n = rates.length;
  const mean = (/** @type {number[]} */ x) => x.reduce((sum, value) => sum + value, 0) / x.length;
  if (method === 'mean_of_rates') return mean(rates) * time(...study);
  if (n < 3 || !rates.every((rate) => rate > 0)) return NaN;
  const logs = rates.map(Math.log), middle = (n - 1) / 2, level = mean(logs), opening = civil(base[0])[0];
  const slope = logs.reduce((sum, value, i) => sum + (i - middle) * (value - level), 0) / (n * (n * n - 1) / 12);
  return byYears(study).reduce((sum, span) => sum + Math.exp(level + slope * (civil(span[0])[0] - opening - middle)) * time(...span), 0);
}

/**
 * Calendar years set beside each other per day count as years: a leap year is no longer than another.
 * @param {Source} source @param {PersonTime|null} people @param {Period} study @param {Period} base
 * @param {string} [method] one of METHODS @returns {Comparison}
 */
export function compare(source, people, study, base, method = 'plain') {
  const alike = !people && wholeYears(study) && wholeYears(base), days = personTime();
  const time = people ?? ((from, to) => alike ? 365.25 * wholeYears([from, to]) : days(from, to));
  const [exposure, baseTime] = [time(...study), time(...base)], deaths = deathsIn(source, study), baseDeaths = deathsIn(source, base);
  const apart = base[1] < study[0] || study[1] < base[0];
  const expected = !apart ? NaN : method === 'plain' ? baseDeaths / baseTime * exposure : expectedByYears(method, source, time, study, base);
  return { deaths, baseDeaths, time: exposure, baseTime, expected };
}

/**
 * The baselines that are listed for a first day, those of claims/options.py: where months were
 * counted the weeks of the same year before the event and the twelve months before, else all years
 * before; and the calendar ones that texts use. A period that begins after an event of `anchors`
 * (at most `within` days after it) is compared with what came before the event.
 * @param {number} start @param {Source} source @param {number[]} anchors @param {number} within
 * @param {Source[]} sources all of the place
 * @returns {{key: string, period: Period}[]}
 */
export function baselines(start, source, anchors, within, sources) {
  const event = anchors.find((day) => day <= start && start - day <= within) ?? start;
  const [year, month] = civil(event), january = dayOf(year, 1, 1), opening = dayOf(year, month, 1);
  const found = /** @type {{key: string, period: Period}[]} */ ([]);
  const monthly = pieces(source, [dayOf(year - 1, 1, 1), event - 1]).length > 3;
  const eve = [event - 1, opening - 1].find((end) => end - january + 1 >= 60
    && sources.some((each) => deathsIn(each, [january, end]) >= 100));
  if (monthly && eve !== undefined) found.push({ key: 'eve', period: [january, eve] });
  if (monthly) found.push({ key: 'year_before', period: [dayOf(year - 1, month, 1), opening - 1] });
  for (const [key, years] of /** @type {[string, number][]} */ ([['previous_year', 1], ['three_years', 3]])) {
    if (!monthly || key !== 'previous_year' || month > 1) found.push({ key, period: [dayOf(year - years, 1, 1), january - 1] });
  }
  const first = source.days[0];
  if (!monthly && first < dayOf(year - 3, 1, 1)) found.push({ key: 'all_before', period: [first, january - 1] });
  return found.filter(({ period }) => period[0] >= first);
}
