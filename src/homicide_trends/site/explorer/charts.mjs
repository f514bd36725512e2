/** Drawings: the months with both periods, the answer by its last day, the place among comparisons. */
import { civil, dayOf, deathsIn, monthStarts, sharedOf } from './curve.mjs';
import { longDate, num, say, shortDate, span } from './words.mjs';

/** @typedef {import('./curve.mjs').Period} Period @typedef {import('./curve.mjs').Source} Source */

/** @param {string} tag @param {Record<string, any>} [attributes] @param {(Node|string)[]} children */
export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  node.append(...children);
  return node;
}

/** Some four round values between two. @param {number} least @param {number} most */
function ticks(least, most) {
  const rough = Math.max(most - least, 1e-9) / 4, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((x) => x * power).find((x) => x >= rough) ?? rough;
  const found = [];
  for (let i = Math.ceil(least / step - 1e-9); i * step <= most + step * .05; i++) found.push(i * step);
  return found;
}

const EDGES = ['baseFrom', 'baseTo', 'from', 'to'];
const STEPS = /** @type {Record<string, number>} */ (
  { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 12, PageDown: -12 });
const GRIP = 26, LEFT = 44, TOP = 34, HIGH = 300, FLOOR = HIGH - 54;

/**
 * The months of a source as bars, both periods shaded, and an edge of either as a slider: with the
 * keyboard a month (with Shift a day, Page up and down a year), with the pointer to the nearest month.
 * @param {SVGSVGElement} root @param {(edge: string, day: number) => void} move
 */
export function monthsChart(root, move) {
  const back = svg('g'), front = svg('g');
  let wide = 800, held = 0, first = 0, last = 1, values = /** @type {Record<string, number>} */ ({});
  const x = (/** @type {number} */ day) => LEFT + (day - first) / (last + 1 - first) * (wide - LEFT - 4);
  const opens = (/** @type {string} */ edge) => edge.endsWith('rom');
  const grips = EDGES.map((edge) => {
    const study = !edge.startsWith('base'), side = opens(edge) ? -1 : 1, middle = study ? FLOOR + GRIP / 2 : TOP - GRIP / 2;
    const grip = svg('g', { role: 'slider', tabindex: 0, 'data-edge': edge, class: study ? 'grip study' : 'grip base' },
      svg('line', { y1: study ? TOP : TOP - GRIP, y2: study ? FLOOR + GRIP : FLOOR }),
      svg('rect', { class: 'flag', x: side < 0 ? -GRIP : 0, y: middle - GRIP / 2, width: GRIP, height: GRIP, rx: 3 }),
      svg('path', { d: `M${side * 10} -5l${side * 6} 5 ${-side * 6} 5`, transform: `translate(0 ${middle})` }));
    const pointer = (/** @type {PointerEvent} */ event) => {
      const box = root.getBoundingClientRect();
      return (event.clientX - box.left) * wide / box.width;
    };
    grip.addEventListener('pointerdown', (event) => {
      event.preventDefault();
      grip.setPointerCapture(event.pointerId);
      held = x(values[edge] + (opens(edge) ? 0 : 1)) - pointer(event);
      grip.focus({ preventScroll: true });
    });
    grip.addEventListener('pointermove', (event) => {
      if (!grip.hasPointerCapture(event.pointerId)) return;
      const day = Math.round(first + (pointer(event) + held - LEFT) / (wide - LEFT - 4) * (last + 1 - first));
      const [year, month, date] = civil(day), start = event.shiftKey ? day : dayOf(year, month + (date > 15 ? 1 : 0), 1);
      move(edge, Math.min(Math.max(opens(edge) ? start : start - 1, first), last));
    });
    grip.addEventListener('keydown', (event) => {
      const by = STEPS[event.key], day = values[edge], over = opens(edge) ? 0 : 1;
      if (event.key === 'Home') move(edge, first);
      else if (event.key === 'End') move(edge, last);
      else if (by && event.shiftKey) move(edge, day + by);
      else if (by) {
        const [year, month, date] = civil(day + over);
        move(edge, dayOf(year, month + (by < 0 && date > 1 ? by + 1 : by), 1) - over);
      } else return;
      event.preventDefault();
    });
    return grip;
  });
  root.append(back, front, ...grips);
  /** Events whose names have room beside each other, the first ones first. @param {[number, string][]} events */
  const named = (events) => {
    let free = 0;
    return events.filter(([day, name]) => {
      const fits = day > first && day < last && x(day) >= free && x(day) + 6 + 7.4 * name.length < wide;
      if (fits) free = x(day) + 18 + 7.4 * name.length;
      return fits;
    });
  };

  /**
   * Draws; returns whether a bar is a share of a longer count.
   * @param {Source} source @param {Period} base @param {Period} study @param {Period} view
   * @param {[number, string][]} events @param {boolean} alone whether there is no baseline
   */
  return (source, base, study, view, events, alone) => {
    [first, last] = view;
    wide = Math.max(300, root.clientWidth || wide);
    root.setAttribute('viewBox', `0 0 ${wide} ${HIGH}`);
    values = { baseFrom: base[0], baseTo: base[1], from: study[0], to: study[1] };
    const starts = monthStarts(first, last), januaries = starts.filter((day) => civil(day)[1] === 1);
    const bars = starts.map((day) => {
      const [year, month] = civil(day), next = dayOf(year, month + 1, 1);
      return { day, next, deaths: deathsIn(source, [day, next - 1]), pale: sharedOf(source, [day, next - 1]) > 0 };
    }).filter((bar) => bar.deaths > 0);
    const most = Math.max(1, ...bars.map((bar) => bar.deaths)), marks = ticks(0, most);
    const y = (/** @type {number} */ deaths) => FLOOR - deaths / most * (FLOOR - TOP - 26); // names of events stand above
    const band = (/** @type {Period} */ [a, b], /** @type {string} */ kind) => svg('rect', {
      class: 'band ' + kind, x: x(a), width: Math.max(1, x(b + 1) - x(a)), y: TOP, height: FLOOR - TOP });
    back.replaceChildren(...(alone ? [] : [band(base, 'base')]), band(study, 'study'), ...marks.flatMap((mark) => [
      svg('line', { class: mark ? 'grid' : 'axis', x1: LEFT, x2: wide - 4, y1: y(mark), y2: y(mark) }),
      svg('text', { x: LEFT - 8, y: y(mark) + 5, 'text-anchor': 'end' }, num(mark))]));
    const every = Math.ceil(januaries.length * 46 / (wide - LEFT));
    front.replaceChildren(
      ...bars.map(({ day, next, deaths, pale }) => svg('rect', { class: pale ? 'bar pale' : 'bar', x: x(day) + .5,
        y: y(deaths), width: Math.max(1, x(next) - x(day) - 1), height: FLOOR - y(deaths) })),
      ...januaries.filter((_, i) => i % every === 0).map((day) =>
        svg('text', { x: x(day + 182), y: HIGH - 6, 'text-anchor': 'middle' }, String(civil(day)[0]))),
      ...named(events).flatMap(([day, name]) => [
        svg('line', { class: 'event', x1: x(day), x2: x(day), y1: TOP, y2: FLOOR }),
        svg('text', { class: 'k halo', x: x(day) + 6, y: TOP + 16 }, name)]));
    grips.forEach((grip, i) => {
      const edge = EDGES[i], day = values[edge];
      grip.toggleAttribute('hidden', alone && i < 2);
      grip.setAttribute('transform', `translate(${x(opens(edge) ? day : day + 1)} 0)`);
      for (const [key, value] of Object.entries({ label: say('edge_' + edge), valuemin: first, valuemax: last,
        valuenow: day, valuetext: longDate(day) })) grip.setAttribute('aria-' + key, String(value));
    });
    root.setAttribute('aria-label', say(alone ? 'alt_months_alone' : 'alt_months', { view: span(view), base: span(base), study: span(study) }));
    return bars.some((bar) => bar.pale);
  };
}

/**
 * The answer as the last day moves, under each baseline, with the stated line.
 * @param {SVGSVGElement} root
 * @param {{lines: {label: string, chosen: boolean, at: (end: number) => number}[], from: number, to: number,
 *   last: number, range: import('./reading.mjs').Accepted|null, printed: string, show: (x: number) => string}} what
 */
export function runningChart(root, { lines, from, to, last, range, printed, show }) {
  const wide = Math.max(300, root.clientWidth || 800), high = 300, floor = high - 30;
  const roomy = wide > 600, right = roomy ? 190 : 12, left = 52, edge = wide - right;
  root.setAttribute('viewBox', `0 0 ${wide} ${high}`);
  const ends = [...monthStarts(from + 28, last + 1).map((day) => day - 1).filter((day) => day !== to), to].sort((a, b) => a - b);
  const drawn = lines.map((line) => ({ ...line, points: ends.map((day) => /** @type {Period} */ ([day, line.at(day)]))
    .filter(([, value]) => Number.isFinite(value)) }));
  const all = drawn.flatMap(({ points }) => points.map(([, value]) => value)).concat(range?.value ? [range.value] : []);
  const least = Math.min(0, ...all), marks = ticks(least, Math.max(1e-6, ...all));
  const top = Math.max(marks[marks.length - 1], ...all), bottom = Math.min(marks[0], least);
  const x = (/** @type {number} */ day) => left + (day - from) / Math.max(last - from, 1) * (edge - left);
  const y = (/** @type {number} */ value) => floor - (value - bottom) / (top - bottom || 1) * (floor - 22);
  const path = (/** @type {Period[]} */ points) =>
    points.map(([day, value], i) => `${i ? 'L' : 'M'}${x(day).toFixed(1)} ${y(value).toFixed(1)}`).join('');
  const fine = marks.some((mark) => mark % 1) ? 1 : 0;
  const nodes = marks.flatMap((mark) => [
    svg('line', { class: mark ? 'grid' : 'axis', x1: left, x2: edge, y1: y(mark), y2: y(mark) }),
    svg('text', { x: left - 8, y: y(mark) + 5, 'text-anchor': 'end' }, num(mark, fine))]);
  const januaries = monthStarts(from, last).filter((day) => civil(day)[1] === 1);
  const every = Math.ceil(januaries.length * 46 / (edge - left));
  nodes.push(svg('text', { x: left, y: high - 6 }, shortDate(from)),
    ...januaries.filter((day, i) => i % every === 0 && x(day) > left + 110 && x(day) < edge - 4).map((day) =>
      svg('text', { x: x(day), y: high - 6, 'text-anchor': 'middle' }, String(civil(day)[0]))),
    svg('line', { class: 'event', x1: x(to), x2: x(to), y1: 22, y2: floor }));
  if (range) {
    const over = y(Math.min(range.upper ?? Infinity, top));
    nodes.push(svg('rect', { class: 'accepted', x: left, width: edge - left, y: over,
      height: Math.max(0, y(Math.max(range.lower, bottom)) - over) }));
    if (range.value) nodes.push(svg('line', { class: 'stated', x1: left, x2: edge, y1: y(range.value), y2: y(range.value) }));
  }
  const names = [];
  for (const { points, chosen, label } of [...drawn].sort((a, b) => Number(a.chosen) - Number(b.chosen))) {
    if (!points.length) continue;
    const kind = chosen ? ' chosen' : '';
    nodes.push(svg('path', { class: 'run' + kind, d: path(points.filter(([day]) => day <= to)) }),
      svg('path', { class: 'run later' + kind, d: path(points.filter(([day]) => day >= to)) }));
    if (roomy) names.push({ at: y(points[points.length - 1][1]), label, chosen });
    const here = chosen && points.find(([day]) => day === to);
    if (!here) continue;
    const turn = x(to) > edge - 90 && !roomy;
    nodes.push(svg('circle', { class: 'dot', cx: x(to), cy: y(here[1]), r: 5 }), svg('text', { class: 'ka halo',
      x: x(to) + (turn ? -9 : 9), y: y(here[1]) + 20, 'text-anchor': turn ? 'end' : 'start' }, show(here[1])));
  }
  if (range) nodes.push(svg('text', { class: 'q halo', x: left + 6, y: y(range.value ?? range.lower) - 7 }, say('printed_line', { value: printed })));
  names.sort((a, b) => a.at - b.at);
  for (let i = 1; i < names.length; i++) names[i].at = Math.max(names[i].at, names[i - 1].at + 17);
  const down = names.length ? Math.max(0, names[names.length - 1].at - floor) : 0;
  for (const { at, label, chosen } of names) nodes.push(svg('text', { class: chosen ? 'ka' : '', x: edge + 8, y: at + 5 - down }, label));
  root.replaceChildren(...nodes);
}

/**
 * All comparisons that were made for the claim, sorted, with the stated line and the one chosen.
 * @param {SVGSVGElement} root @param {number[]} estimates sorted @param {number} mine
 * @param {import('./reading.mjs').Accepted|null} range @param {(x: number) => string} show
 */
export function positionChart(root, estimates, mine, range, show) {
  const wide = Math.max(300, root.clientWidth || 800), high = 104, floor = 62, left = 12, right = wide - 12;
  root.setAttribute('viewBox', `0 0 ${wide} ${high}`);
  const all = [...estimates, ...(range?.value ? [range.value] : []), ...(Number.isFinite(mine) ? [mine] : [])];
  const least = Math.min(...all), most = Math.max(...all), pad = (most - least || 1) * .04;
  const x = (/** @type {number} */ v) => left + (v - least + pad) / (most - least + 2 * pad || 1) * (right - left);
  const nodes = [svg('line', { class: 'axis', x1: left, x2: right, y1: floor, y2: floor })];
  for (const mark of ticks(least, most)) nodes.push(svg('line', { class: 'axis', x1: x(mark), x2: x(mark), y1: floor, y2: floor + 5 }),
    svg('text', { x: x(mark), y: floor + 22, 'text-anchor': 'middle' }, show(mark)));
  const held = (/** @type {number} */ at) => Math.min(Math.max(x(at), left), right);
  if (range) nodes.push(svg('rect', { class: 'accepted', x: held(range.lower), y: 18, height: floor - 18,
    width: Math.max(0, held(range.upper ?? Infinity) - held(range.lower)) }));
  if (range?.value) nodes.push(svg('line', { class: 'stated', x1: x(range.value), x2: x(range.value), y1: 18, y2: floor }));
  nodes.push(...estimates.map((value) => svg('line', { class: 'tick', x1: x(value), x2: x(value), y1: 28, y2: floor })));
  if (Number.isFinite(mine)) nodes.push(svg('path', { class: 'mine', d: `M${x(mine).toFixed(1)} 26l-7 -14h14z` }));
  root.replaceChildren(...nodes);
}
