/** The page: controls into a state, one result from the state, and every output from that result. */
import { ALONE, KINDS, bounds, readState, writeState } from './address.mjs';
import { METHODS, baselines, civil, compare, dayOf, deathsIn, iso, parseDay, personTime, sharedOf, whole } from './curve.mjs';
import { monthsChart, positionChart, runningChart } from './charts.mjs';
import { pairLimits } from './limits.mjs';
import { WORDS, accepted, fateOf, needed, parseValue } from './reading.mjs';
import { longDate, num, say, span, speak, together } from './words.mjs';

/** @typedef {import('./curve.mjs').Period} Period */
/** @param {string} id @returns {any} */
const $ = (id) => document.getElementById(id);
const data = JSON.parse($('data').textContent);
speak(data.words);
Object.values(data.places).forEach(whole);
const DATES = /** @type {const} */ (['baseFrom', 'baseTo', 'from', 'to']);
const LOOSE = .1; // share of deaths shared out by days above which a count does not speak for these dates
const CHOICES = /** @type {const} */ (['place', 'who', 'pop', 'method', 'kind', 'word']);
/** @type {Record<string, Record<string, import('./curve.mjs').PersonTime>>} */
const times = {};
const START = readState(data.start, data, /** @type {any} */ ({ value: '1' }));
let state = { ...START };
let shown = /** @type {ReturnType<typeof result>} */ (/** @type {unknown} */ (null));
let spoken = 0, later = 0, frame = 0, renders = 0;

/** @param {string} tag @param {Record<string, any>} [attributes] @param {(Node|string)[]} children */
function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  node.append(...children);
  return node;
}

/** Take a change; an edge that passes its partner takes it along. @param {Partial<typeof state>} change @param {string} [edge] */
function set(change, edge = '') {
  state = { ...state, ...change };
  if (state.from > state.to) Object.assign(state, edge === 'to' ? { from: state.to } : { to: state.from });
  if (state.baseFrom > state.baseTo) Object.assign(state, edge === 'baseTo' ? { baseFrom: state.baseTo } : { baseTo: state.baseFrom });
  render();
}

/** Person-time of a population, made when it is first asked for. @param {string} place @param {string} pop */
function timeOf(place, pop) {
  const known = times[place] ??= {};
  return pop === 'days' ? null : known[pop] ??= personTime(data.places[place].people[pop]);
}

/** The value in the unit of the figure. @param {import('./curve.mjs').Comparison} row @param {Period} study */
function valueOf(row, study) {
  const { deaths, time, expected } = row;
  switch (state.kind) {
    case 'percent_decline': return expected > 0 ? 100 * (1 - deaths / expected) : NaN;
    case 'percent_increase': return expected > 0 ? 100 * (deaths / expected - 1) : NaN;
    case 'rate_ratio': return expected > 0 ? deaths / expected : NaN;
    case 'averted_deaths': return expected - deaths;
    case 'homicide_rate': return state.pop === 'days' ? NaN : 1e5 * deaths / time;
    case 'daily_mean': return deaths / (study[1] - study[0] + 1);
    default: return deaths;
  }
}

/** Whether a source is one count of one period. @param {any} source */
const single = (source) => source.days.length === 2;

/** Everything that the page shows, from the state. */
function result() {
  const at = data.places[state.place], [first, last] = bounds(data, state.place);
  const source = at.sources.find((/** @type {any} */ each) => each.key === state.who) ?? at.sources[0];
  const time = timeOf(state.place, state.pop), study = /** @type {Period} */ ([state.from, state.to]);
  const told = data.readings.filter((/** @type {any} */ each) => each.kind === state.kind && each.word === state.word
    && (parseValue(each.value) === parseValue(state.value) || !each.value));
  const reading = told.find((/** @type {any} */ each) => each.by_days === (state.pop === 'days')) ?? told[0];
  const range = reading ? reading.accepted : accepted(state.value, state.word);
  const listed = baselines(state.from, source, at.anchors, data.within, at.sources);
  if (data.stated) {
    const [a, b] = data.stated, other = listed.filter(({ period }) => period[0] !== a || period[1] !== b);
    listed.splice(0, listed.length, { key: 'stated', period: data.stated }, ...other);
  }
  if (state.base !== 'own' && !listed.some(({ key }) => key === state.base)) state.base = listed.length ? listed[listed.length - 1].key : 'own';
  const chosen = listed.find(({ key }) => key === state.base);
  if (chosen) [state.baseFrom, state.baseTo] = chosen.period;
  else if (!(state.baseFrom <= state.baseTo)) Object.assign(state, { baseFrom: first, baseTo: Math.max(first, state.from - 1) });
  const base = /** @type {Period} */ ([state.baseFrom, state.baseTo]);
  const alone = ALONE.includes(state.kind);
  const rows = [...listed, { key: 'own', period: base }].map((each) => {
    const row = { ...each, ...compare(source, time, study, each.period, state.method) }, value = valueOf(row, study);
    return { ...row, value, fate: fateOf(range, value) };
  });
  const main = rows.find(({ key }) => key === state.base) ?? rows[0];
  return { at, source, time, study, base, range, reading, rows, main, alone, first, last };
}

/** Days by which a count may begin or end beside a period and still stand beside it. */
const BESIDE = 4;

/**
 * What the other sources of the place give for the same choice, and counts of nearly the same days.
 * @param {any} at @param {Period} study @param {Period} base
 */
function others(at, study, base) {
  const alone = ALONE.includes(state.kind), time = timeOf(state.place, state.pop), found = /** @type {{label: string, value: number}[]} */ ([]);
  for (const source of at.sources) {
    const value = valueOf(compare(source, time, study, base, state.method), study);
    const loose = Math.max(sharedOf(source, study), alone ? 0 : sharedOf(source, base));
    if (Number.isFinite(value) && loose < LOOSE) found.push({ label: source.label, value });
  }
  // A count of nearly the same days says nothing of the years of a baseline.
  if (state.method !== 'plain') return found;
  const source = at.sources.find((/** @type {any} */ each) => each.key === state.who), own = compare(source, time, study, base);
  const lived = time ?? personTime(), near = (/** @type {Period} */ [a, b], /** @type {number} */ from, /** @type {number} */ to) =>
    (from !== a || to !== b) && Math.abs(from - a) < BESIDE && Math.abs(to - b) < BESIDE && b - a > 27;
  const counts = [...at.reported, ...at.sources.flatMap((/** @type {any} */ each) => each === source ? []
    : each.counted.map((/** @type {Period} */ row) => [...row, NaN, each]))];
  for (const [from, to, count, who] of counts) {
    const deaths = Number.isNaN(count) ? deathsIn(who, [from, to]) : count, period = /** @type {Period} */ ([from, to]);
    const told = [near(study, from, to) && { deaths, time: lived(from, to) }, !alone && near(base, from, to) && { baseDeaths: deaths, baseTime: lived(from, to) }];
    for (const change of told) {
      if (!change) continue;
      const row = { ...own, ...change };
      const value = valueOf({ ...row, expected: row.baseDeaths / row.baseTime * row.time }, 'deaths' in change ? period : study);
      if (Number.isFinite(value)) found.push({ value, label: say('reported', { who: who.label ?? who, count: num(deaths), span: span(period) }) });
    }
  }
  return found;
}

const decimals = () => ({ percent_decline: 1, percent_increase: 1, homicide_rate: 1, daily_mean: 1, rate_ratio: 2 })[state.kind] ?? 0;
const text = (/** @type {number} */ x) => num(x, decimals()) + (Number.isFinite(x) ? say('unit_' + state.kind) : '');
const printed = () => state.value ? state.value + say('unit_' + state.kind) : say(`${state.word}_${state.kind}`);
/** @param {string} text */
const first = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const deathsText = (/** @type {number} */ n) => say(Math.round(n) === 1 ? 'killing' : 'killings', { number: num(n) });
const rateText = (/** @type {number} */ deaths, /** @type {number} */ time) => state.pop === 'days'
  ? say('a_day', { rate: num(deaths / time, 1) }) : say('per_100k', { rate: num(1e5 * deaths / time, 1) });

/** A baseline in words; its years where it is one of whole years. @param {{key: string, period: Period}} row @param {string} [form] */
function baseName({ key, period }, form = 'base_') {
  const [a, b] = period.map((day) => civil(day)[0]);
  const weeks = Math.round((period[1] - period[0] + 1) / 7);
  return say(form + key, { years: a === b ? a : `${a}\u2013${b}`, weeks: data.words.weeks[weeks] ?? weeks });
}

/** Why there is no value; empty where there is one. @param {typeof shown} r */
function refusal(r) {
  const { main, study, base } = r, who = r.source.label, name = { who, study: span(study), base: span(base) };
  if (Number.isNaN(main.deaths)) return say('no_study', name);
  if (r.alone) return state.kind === 'homicide_rate' && state.pop === 'days' ? say('no_rate') : Number.isNaN(main.time) ? say('no_people', name) : '';
  if (Number.isNaN(main.baseDeaths)) return say('no_base', name);
  if (Number.isNaN(main.time) || Number.isNaN(main.baseTime)) return say('no_people', name);
  if (base[0] <= study[1] && study[0] <= base[1]) return say('overlap');
  if (main.baseDeaths === 0 && state.kind !== 'averted_deaths') return say('zero_base', name);
  return Number.isNaN(main.expected) ? say('whole_years') : '';
}

/** @param {typeof shown} r */
function sentence(r) {
  const none = refusal(r), { main, study } = r;
  if (none) return none;
  const fewer = main.expected - main.deaths, who = r.source.label;
  const form = state.method === 'plain' ? 'sentence_' : state.method + '_';
  const told = say(r.alone ? 'sentence_' + state.kind : form + (fewer < 0 ? 'more' : 'fewer'), {
    place: r.at.name, study: span(study), deaths: deathsText(main.deaths), fewer: num(Math.abs(fewer)),
    percent: num(Math.abs(100 * fewer / main.expected), 1), value: num(main.value, decimals()),
    base: baseName(main, 'of_'), base_span: span(r.base), base_deaths: deathsText(main.baseDeaths), base_rate: rateText(main.baseDeaths, main.baseTime),
  });
  const shared = Math.max(sharedOf(r.source, study), r.alone ? 0 : sharedOf(r.source, r.base));
  return [told, say('by', { who, pop: r.alone && state.kind !== 'homicide_rate' ? '' : say('compared', { pop: $('pop').selectedOptions[0]?.text ?? '' }) }), shared > 0 ? say('shared', { share: num(100 * shared, shared < .01 ? 1 : 0) }) : ''].filter(Boolean).join(' ');
}

/** Honest limits of the value against one baseline, or null. @param {typeof shown} r @param {typeof r.main} row @returns {[number, number]|null} */
function interval(r, row) {
  if (r.alone || state.method !== 'plain' || !Number.isFinite(row.value)) return null;
  const found = pairLimits(r.source, row.period, r.study), ratio = row.deaths / row.expected;
  if (!found) return null;
  const [low, high] = [ratio / found.ratio, ratio * found.ratio];
  switch (state.kind) {
    case 'averted_deaths': return [row.expected / found.count - row.deaths, row.expected * found.count - row.deaths];
    case 'percent_decline': return [100 * (1 - high), 100 * (1 - low)];
    case 'percent_increase': return [100 * (low - 1), 100 * (high - 1)];
    default: return [low, high];
  }
}

/** Gives, compatible or excludes: the estimate first, then its interval. @param {typeof shown} r @param {typeof r.main} row @param {[number, number]|null} within */
const stateWith = (r, row, within) => row.fate === 'out' && within && r.range
  && within[0] <= (r.range.upper ?? Infinity) && within[1] >= (r.range.lower ?? -Infinity) ? 'near' : row.fate;

/** Write a number with its exact value beside it. @param {string} id @param {number} x @param {string} shownAs */
function put(id, x, shownAs) {
  $(id).value = Number.isFinite(x) ? String(x) : '';
  $(id).textContent = shownAs;
}

const draw = monthsChart($('months'), (edge, day) => {
  const { first, last, base } = shown, at = Math.min(Math.max(day, first), last);
  set({ ...(edge.startsWith('base') ? { base: 'own', baseFrom: base[0], baseTo: base[1] } : {}), [edge]: at }, edge);
});

function render() {
  const r = shown = result(), { main } = r;
  history.replaceState(null, '', writeState(state));
  controls(r);
  const said = sentence(r);
  $('sentence').textContent = said;
  put('value', main.value, text(main.value));
  $('unit').textContent = Number.isFinite(main.value) ? say((main.value < 0 ? 'less_' : 'unit_of_') + state.kind) : '';
  $('verdict-note').hidden = Boolean(r.reading) || !data.readings.length;
  $('range').textContent = !r.range ? say('bad_value') : r.range.lower === null || r.range.upper === null ? ''
    : say('range', { value: printed(), lower: num(r.range.lower, decimals()), upper: num(r.range.upper, decimals()) });
  put('deaths', main.deaths, num(main.deaths));
  put('base-deaths', r.alone ? NaN : main.baseDeaths, r.alone ? '\u2013' : num(main.baseDeaths));
  put('expected', r.alone ? NaN : main.expected, r.alone ? '\u2013' : num(main.expected));
  put('rate', state.pop === 'days' ? NaN : 1e5 * main.deaths / main.time, num(state.pop === 'days' ? NaN : 1e5 * main.deaths / main.time, 1));
  const days = (/** @type {number} */ deaths, /** @type {Period} */ [a, b]) => `${say('days', { days: num(b - a + 1) })}, ${say('a_day', { rate: num(deaths / (b - a + 1), 1) })}`;
  $('deaths-days').textContent = days(main.deaths, r.study);
  $('base-days').textContent = r.alone ? '' : days(main.baseDeaths, r.base);
  rows(r);
  take(r, said);
  $('bar-value').textContent = text(main.value);
  judged(main.fate);
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(() => drawings(r));
  clearTimeout(later);
  later = setTimeout(() => refine(r), 250);
  clearTimeout(spoken);
  if (renders++) spoken = setTimeout(() => { $('live').textContent = `${$('fate-word').textContent}. ${said} ${$('limits').textContent}`; }, 600);
}

/** The state of the comparison, in words. @param {string} fate */
function judged(fate) {
  $('fate').className = 'fate f-' + fate;
  $('fate-word').textContent = say('fate_' + fate, { value: printed() });
  $('bar-word').textContent = say('tag_' + fate);
  $('bar-word').className = 'tag f-' + fate;
}

/** Limits and drawings follow in the next frame, so that of quick moves the last is drawn. @param {typeof shown} r */
function drawings(r) {
  const within = interval(r, r.main);
  put('lower', within ? within[0] : NaN, '');
  put('upper', within ? within[1] : NaN, '');
  $('limits').textContent = within ? say('limits', { lower: num(within[0], decimals()), upper: num(within[1], decimals()), unit: say('unit_' + state.kind) })
    : refusal(r) || r.alone ? '' : say(state.method === 'plain' ? 'no_limits' : 'no_limits_method');
  judged(stateWith(r, r.main, within));
  conflict(r);
  const both = r.alone ? r.study : [...r.study, ...r.base];
  const view = /** @type {Period} */ ([Math.min(data.view[0], ...both), Math.max(data.view[1], ...both)]
    .map((day, i) => Math.min(Math.max(dayOf(civil(day)[0] + i, 1, 1) - i, r.first), r.last)));
  const pale = draw(single(r.source) ? r.at.sources[0] : r.source, r.base, r.study, view, r.at.events, r.alone);
  $('months-note').textContent = pale ? say('pale_note') : '';
  running(r);
  position(r);
}

/** The controls show the state; what somebody is typing into is left alone. @param {typeof shown} r */
function controls(r) {
  for (const key of DATES) {
    // A field that somebody types into loses what was typed if it is touched.
    if ($(key).min !== iso(r.first) || $(key).max !== iso(r.last)) Object.assign($(key), { min: iso(r.first), max: iso(r.last) });
    if ($(key) !== document.activeElement) $(key).value = iso(state[key]);
  }
  options('who', r.at.sources.map((/** @type {any} */ each) => [each.key, each.label]));
  options('pop', [['days', say('pop_days')], ...Object.keys(r.at.people).map((key) => [key, say('pop_people', { series: r.at.people[key].label })])]);
  options('method', METHODS.map((key) => [key, say('method_' + key)]));
  for (const key of CHOICES) $(key).value = state[key];
  if ($('stated') !== document.activeElement) $('stated').value = state.value;
  $('stated').setAttribute('aria-invalid', String(!r.range));
  for (const node of document.querySelectorAll('.against')) node.toggleAttribute('hidden', r.alone);
}

/** @param {string} id @param {string[][]} wanted */
function options(id, wanted) {
  const text = JSON.stringify(wanted);
  if ($(id).dataset.options === text) return;
  $(id).dataset.options = text;
  $(id).replaceChildren(...wanted.map(([value, name]) => el('option', { value }, name)));
}

/** Conflicting counts as a range. @param {typeof shown} r */
function conflict(r) {
  const sorted = others(r.at, r.study, r.base).sort((a, b) => a.value - b.value), low = sorted[0], high = sorted[sorted.length - 1];
  $('others').textContent = sorted.length < 2 || text(low.value) === text(high.value) ? ''
    : say('others', { low: text(low.value), high: text(high.value), low_who: low.label, high_who: high.label });
}

/**
 * The rows of the table, each with what it gives: baselines, or populations for a rate, or those who
 * counted for a number. A row's radio button is the choice.
 * @param {typeof shown} r
 */
function choices(r) {
  const { at, study } = r;
  if (!r.alone) return r.rows.map((row) => ({ ...row, name: 'base', id: row.key, title: baseName(row), blank: row.key === 'own' && state.base !== 'own',
    note: row.key === 'own' && state.base !== 'own' ? say('own_hint') : span(row.period) }));
  const rate = state.kind === 'homicide_rate';
  const all = rate ? Object.keys(at.people).map((key) => [key, at.people[key].label, r.source, key])
    : at.sources.map((/** @type {any} */ source) => [source.key, source.label, source, state.pop]);
  return all.map((/** @type {[string, string, any, string]} */ [id, title, source, pop]) => {
    const row = compare(source, timeOf(state.place, pop), study, r.base), held = { ...state };
    state = { ...held, pop };
    const value = valueOf(row, study);
    state = held;
    return { ...row, period: study, key: id, id, name: rate ? 'pop' : 'who', title, note: '', blank: false, value, fate: fateOf(r.range, value) };
  }).filter((row) => Number.isFinite(row.value) || row.id === (rate ? state.pop : state.who));
}

/** @param {typeof shown} r */
function rows(r) {
  const had = document.activeElement?.id ?? '', list = choices(r), change = ['percent_decline', 'percent_increase', 'rate_ratio'];
  const named = r.alone ? list[0]?.name ?? 'who' : 'base';
  $('h-bases').textContent = say('ask_' + named);
  $('col-name').textContent = say('col_' + named);
  $('col-state').textContent = first(printed());
  for (const [id, key] of [['col-rate', r.alone ? 'col_deaths' : 'col_rate'], ['col-change', r.alone ? 'run_' + state.kind : 'col_change']]) $(id).textContent = say(key);
  $('table').classList.toggle('alone', r.alone);
  $('rows').replaceChildren(...list.map((row) => {
    const fate = row.blank ? 'none' : row.fate, on = row.id === state[/** @type {'who'} */ (row.name)];
    const radio = el('input', { type: 'radio', name: row.name, id: `${row.name}-${row.id}`, value: row.id, ...(on ? { checked: '' } : {}) });
    const cell = (/** @type {boolean} */ mine, /** @type {number} */ x, /** @type {string} */ words) => {
      const told = el('data', { value: mine ? row.value : x, ...(mine ? { class: 'own' } : {}) }, words);
      return el('td', { class: 'n' }, row.blank || !Number.isFinite(x) ? '\u2013'
        : mine && (fate === 'gives' || fate === 'near') ? el('mark', { class: fate }, told) : told);
    };
    const fewer = row.expected - row.deaths, percent = -100 * fewer / row.expected, days = row.period[1] - row.period[0] + 1;
    return el('tr', { class: on ? 'on' : '', 'data-key': row.id },
      el('th', { scope: 'row' }, el('label', { for: radio.id }, radio, el('span', {}, row.title, ...(row.note ? [el('small', {}, row.note)] : [])))),
      r.alone ? cell(false, row.deaths, num(row.deaths)) : cell(false, row.baseDeaths / days, num(row.baseDeaths / days, 1)),
      r.alone ? cell(true, row.value, text(row.value)) : cell(change.includes(state.kind), percent, num(percent, 1) + say('unit_percent_decline')),
      ...(r.alone ? [] : [cell(state.kind === 'averted_deaths', fewer, num(fewer))]),
      el('td', {}, row.blank ? '' : el('span', { class: 'tag f-' + fate, id: 'tag-' + row.id }, say('tag_' + fate))));
  }));
  if (/^(base|pop|who)-/.test(had)) $(had)?.focus();
  $('caption').textContent = say(r.alone ? 'caption_alone' : 'bases_caption', { study: span(r.study) });
  const need = r.range?.value && !r.alone ? needed(state.kind, r.range.value, r.main.deaths, r.main.time) : NaN;
  $('need').textContent = need > 0 && Number.isFinite(need) ? first(say('needed', { value: printed(), rate: rateText(need, 1) })) : '';
  answer(list, r);
}

/** The rows by their state, in a sentence. @param {ReturnType<typeof choices>} list @param {typeof shown} r @param {Record<string, string>} [fates] */
function answer(list, r, fates = {}) {
  const kept = list.filter((row) => !row.blank && row.fate !== 'none'), how = r.alone ? 'by_' : 'list_';
  const names = (/** @type {string} */ fate) => together(kept.filter((row) => (fates[row.id] ?? row.fate) === fate).map((row) => row.title));
  const parts = ['gives', 'near', 'out'].map((fate) => [fate, names(fate)]).filter(([, some]) => some)
    .map(([fate, some]) => first(say(how + fate, { list: some, value: printed() })));
  if (kept.length && !names('gives')) parts.unshift(first(say(how + 'none', { value: printed() })));
  $('answer').textContent = r.range ? parts.join(' ') : '';
}

/** The intervals of the other rows, when the reader rests: an estimate that is out may reach it. @param {typeof shown} r */
function refine(r) {
  /** @type {Record<string, string>} */
  const fates = {};
  if (!r.alone) for (const row of r.rows) {
    const tag = $('tag-' + row.key);
    if (!tag) continue;
    const fate = fates[row.key] = stateWith(r, row, interval(r, row));
    tag.className = 'tag f-' + fate;
    tag.textContent = say('tag_' + fate);
  }
  answer(choices(r), r, fates);
  document.documentElement.dataset.rest = String(renders);
}

/** @param {typeof shown} r */
function running(r) {
  const last = Math.max(Math.min(r.last, data.view[1]), state.to);
  const at = (/** @type {typeof r.main} */ row) => (/** @type {number} */ end) =>
    valueOf(compare(r.source, r.time, [state.from, end], row.period, state.method), [state.from, end]);
  const kept = r.rows.filter((row) => row === r.main || (!r.alone && row.key !== 'own' && row.period[1] < state.from));
  const mine = at(r.main), runs = /** @type {Period[]} */ ([]);
  for (let end = state.from + 27; end <= last; end++) {
    if (fateOf(r.range, mine(end)) !== 'gives') continue;
    const open = runs[runs.length - 1];
    if (open && open[1] === end - 1) open[1] = end; else runs.push([end, end]);
  }
  const away = (/** @type {Period} */ [a, b]) => Math.max(a - state.to, state.to - b, 0);
  const run = runs.sort((a, b) => away(a) - away(b))[0];
  const key = !r.range || !Number.isFinite(r.main.value) ? 'run_none' : !run ? 'run_never' : run[0] === run[1] ? 'run_one' : 'run_given';
  $('run-title').textContent = first(say(key, { first: run ? longDate(run[0]) : '', last: run ? longDate(run[1]) : '', value: printed(),
    base: r.alone ? '' : say('run_against', { base: baseName(r.main) }) }));
  $('run-unit').textContent = say(r.alone ? 'run_unit_alone' : 'run_unit', { what: say('run_' + state.kind), from: longDate(state.from) });
  $('course').hidden = single(r.source);
  runningChart($('running'), { from: state.from, to: state.to, last, range: r.range, printed: printed(), show: text,
    lines: kept.map((row) => ({ label: r.alone ? '' : baseName(row), chosen: row === r.main, at: at(row) })) });
  $('running').setAttribute('aria-label', `${$('run-title').textContent}. ${text(r.main.value)}`);
}

/** @param {typeof shown} r */
function position(r) {
  const all = /** @type {number[]} */ (r.reading?.estimates ?? []), x = r.main.value;
  $('where').hidden = all.length < 2;
  if (all.length < 2) return;
  const below = all.filter((value) => value < x - 1e-9).length, above = all.filter((value) => value > x + 1e-9).length;
  $('where-text').textContent = Number.isFinite(x) ? say('where', { all: num(all.length), below: num(below), above: num(above), low: text(all[0]), high: text(all[all.length - 1]) }) : '';
  positionChart($('position'), all, x, r.range, (value) => num(value, value % 1 ? 1 : 0));
  $('position').setAttribute('aria-label', $('where-text').textContent);
}

/** What one takes along: command, Python, citation. @param {typeof shown} r @param {string} said */
function take(r, said) {
  const { code } = data, [days, before] = [r.main.time, r.main.baseTime], people = state.pop !== 'days';
  /** @type {Record<string, string>} */
  const known = { place: state.place, agency: r.source.agency, population: state.pop, base_start: iso(r.base[0]), base_end: iso(r.base[1]),
    start: iso(state.from), end: iso(state.to), formula: code.formula[state.kind], method: state.method, kind: state.kind, said, link: location.href,
    data: code.folder ? `, data="${code.folder}"` : '' };
  const filled = (/** @type {string} */ template) => template.replace(/\{(\w+)(!?)\}/g, (_, name, quoted) =>
    !quoted ? known[name] ?? '' : name === 'population' && !people ? 'None' : JSON.stringify(known[name]));
  known.time = r.alone ? people ? filled(code.lived_alone) : String(r.study[1] - r.study[0] + 1) : people ? filled(code.lived) : `${days}, ${before}`;
  const counted = single(r.source), mixed = !counted && r.source.key !== r.source.agency;
  const years = !r.alone && state.method !== 'plain', command = r.alone || mixed || years ? '' : filled(code[state.kind === 'averted_deaths' ? 'averted' : 'change'] + (people ? code.people : code.nobody))
    + (code.folder ? ` --data ${code.folder}` : '');
  $('h-command').hidden = $('command-box').hidden = !command;
  $('h-python').hidden = $('python-box').hidden = mixed;
  $('command').textContent = command.split(' -p ').join(' \\\n  -p ');
  $('python').textContent = filled(years ? code.python_method : counted ? code.python_counted : r.alone ? code.python_alone : code.python);
  $('cite').textContent = filled(data.cite);
}

function csv() {
  const r = shown, head = ['place', 'source', 'population', 'method', 'baseline', 'baseline_start', 'baseline_end', 'start', 'end', 'baseline_deaths', 'deaths',
    'baseline_time', 'time', 'expected', 'measure', 'estimate', 'lower', 'upper', 'shared_out', 'stated', 'accepted_lower', 'accepted_upper', 'state'];
  const lines = (r.alone ? [r.main] : r.rows.filter((row) => row.key !== 'own' || state.base === 'own')).map((row) => {
    const within = interval(r, row);
    return [state.place, state.who, state.pop, r.alone ? '' : state.method, ...(r.alone ? ['', '', ''] : [row.key, ...row.period.map(iso)]), iso(state.from), iso(state.to),
      r.alone ? NaN : row.baseDeaths, row.deaths, r.alone ? NaN : row.baseTime, row.time, r.alone ? NaN : row.expected, state.kind, row.value,
      within?.[0] ?? NaN, within?.[1] ?? NaN, Math.max(sharedOf(r.source, r.study), r.alone ? 0 : sharedOf(r.source, row.period)), r.range?.value ?? NaN, r.range?.lower ?? NaN, r.range?.upper ?? NaN,
      { gives: 'gives', near: 'compatible', out: 'excluded', none: '' }[stateWith(r, row, within)]].map((x) => Number.isNaN(x) ? '' : x).join(',');
  });
  return [head.join(','), ...lines].join('\n') + '\n';
}

/** @param {string} what */
async function copy(what) {
  let done = true;
  try { await navigator.clipboard.writeText(what); } catch {
    const box = /** @type {HTMLTextAreaElement} */ (el('textarea', { readonly: '' }, what)), had = /** @type {HTMLElement} */ (document.activeElement);
    document.body.append(box);
    box.select();
    done = document.execCommand('copy');
    box.remove();
    had?.focus();
  }
  $('note').textContent = say(done ? 'copied' : 'not_copied');
}

options('place', Object.keys(data.places).map((key) => [key, data.places[key].name]));
options('kind', KINDS.map((key) => [key, say('kind_' + key)]));
options('word', [...WORDS, ...data.readings.map((/** @type {any} */ each) => each.word).filter((/** @type {string} */ word) => !WORDS.includes(word))].map((key) => [key, say('word_' + key)]));
for (const key of CHOICES) $(key).addEventListener('change', () => {
  if (key !== 'place') set({ [key]: $(key).value });
  else { state = readState('#place=' + $(key).value, data, { ...state, who: '', pop: 'days' }); render(); }
});
$('stated').addEventListener('input', () => set({ value: $('stated').value.trim() || '0' }));
for (const key of DATES) {
  $(key).addEventListener('change', () => {
    const day = parseDay($(key).value);
    if (day >= shown.first && day <= shown.last) set({ [key]: day, ...(key.startsWith('base') ? { base: 'own' } : {}) }, key);
  });
  $(key).addEventListener('blur', () => controls(shown));
}
$('rows').addEventListener('change', (/** @type {any} */ event) => set({ [event.target.name]: event.target.value }));
$('reset').addEventListener('click', () => { state = { ...START }; render(); });
$('copy-sentence').addEventListener('click', () => copy($('sentence').textContent));
$('copy-link').addEventListener('click', () => copy(location.href));
$('download').addEventListener('click', () => {
  const url = URL.createObjectURL(new Blob([csv()], { type: 'text/csv' }));
  el('a', { href: url, download: `comparison-${iso(state.from)}-${iso(state.to)}.csv` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
});
for (const link of document.querySelectorAll('a.carry')) link.addEventListener('click', () => {
  /** @type {HTMLAnchorElement} */ (link).hash = location.hash;
});
addEventListener('hashchange', () => { state = readState(location.hash, data, state); render(); });
let wide = innerWidth;
addEventListener('resize', () => { if (innerWidth !== wide) { wide = innerWidth; render(); } });
state = readState(location.hash, data, START);
document.documentElement.classList.add('ready');
render();
document.documentElement.dataset.ready = String(Math.round(performance.now()));
