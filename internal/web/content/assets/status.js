// The status page: draws the server's metrics, every two seconds while it is
// looked at.
import { byID, make } from './elements.js';
import { buckets, quantile } from './histogram.js';
import { parse, samples, sum } from './metrics.js';
import { count, language, named, size, t } from './texts.js';

const period = 2000;
const kept = 60; // rates in the chart
const rates = [];
let last; // {time, requests} of the update before
const requestSeconds = 'digits_http_request_duration_seconds';

const answered = { route: '/predict', method: 'POST', code: '2xx' }; // refusals have no buckets

// duration writes seconds as milliseconds with three digits, or as seconds.
function duration(seconds) {
  if (Number.isNaN(seconds)) return '–';
  const [value, unit] = seconds < 1 ? [1000 * seconds, 'ms'] : [seconds, 's'];
  return `${new Intl.NumberFormat(language, { maximumSignificantDigits: value < 10 ? 2 : 3 }).format(value)} ${unit}`;
}

function span(seconds) {
  const [days, hours, minutes] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
  const values = { days, hours, minutes, seconds: Math.floor(seconds % 60) };
  return t(days ? 'days' : hours ? 'hours' : minutes ? 'minutes' : 'seconds', values);
}

function showTiles(m) {
  const now = Date.now() / 1000;
  const requests = sum(m, 'digits_http_requests_total');
  const started = sum(m, 'process_start_time_seconds');
  byID('uptime').textContent = started ? span(Math.max(now - started, 0)) : '–';
  byID('requests').textContent = count(requests);
  byID('flight').textContent = count(sum(m, 'digits_http_requests_in_flight'));
  byID('memory').textContent = size(sum(m, 'process_resident_memory_bytes'));
  if (last && requests >= last.requests && now > last.time) {
    rates.push((requests - last.requests) / (now - last.time));
    if (rates.length > kept) rates.shift();
    byID('rate').textContent = new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(rates.at(-1));
  }
  last = { time: now, requests };
}

function showChart() {
  const most = Math.max(...rates, 1);
  const x = (i) => 240 * (kept - rates.length + i) / (kept - 1);
  const points = rates.map((rate, i) => `${x(i).toFixed(1)},${(58 - 54 * rate / most).toFixed(1)}`);
  byID('chart').setAttribute('aria-label', t('chart', { most: count(Math.round(10 * Math.max(...rates, 0)) / 10) }));
  if (!points.length) return;
  byID('line').setAttribute('d', `M${points.join('L')}`);
  byID('area').setAttribute('d', `M${x(0)},60L${points.join('L')}L240,60Z`);
}

function showLatency(m) {
  const list = buckets(m, requestSeconds, answered);
  for (const share of [50, 90, 99]) byID(`p${share}`).textContent = duration(quantile(share / 100, list));
}

// showMeters draws a list of [name, value, text] as bars.
function showMeters(id, rows) {
  const most = Math.max(...rows.map(([, value]) => value || 0), Number.MIN_VALUE);
  byID(id).replaceChildren(...rows.map(([name, value, text]) => {
    const fill = make('span', { className: 'fill' });
    fill.style.width = `${100 * (value || 0) / most}%`;
    return make('li', {}, make('span', { textContent: name }), make('span', { className: 'track' }, fill), make('span', { className: 'value', textContent: text }));
  }));
}

function showStages(m) {
  const names = samples(m, 'digits_stage_duration_seconds_count').map(({ labels }) => labels.stage);
  const order = ['read', 'queue', 'decode', 'prepare', 'infer', 'encode'];
  names.sort((a, b) => order.indexOf(a) - order.indexOf(b));
  showMeters('stages', names.map((stage) => {
    const median = quantile(0.5, buckets(m, 'digits_stage_duration_seconds', { stage }));
    return [named('stage', stage), median, duration(median)];
  }));
}

function showRefusals(m) {
  const all = [...samples(m, 'digits_requests_rejected_total'), ...samples(m, 'digits_abstentions_total')].filter(({ value }) => value > 0);
  all.sort((a, b) => b.value - a.value);
  const rows = all.map(({ labels, value }) => make('tr', {}, make('td', {}, make('code', { textContent: labels.reason })), make('td', { className: 'number', textContent: count(value) })));
  if (!rows.length) rows.push(make('tr', {}, make('td', { colSpan: 2, textContent: t('none') })));
  byID('refused').replaceChildren(...rows);
}

function show(m) {
  showTiles(m);
  showChart();
  showLatency(m);
  showStages(m);
  showMeters('read', samples(m, 'digits_predictions_total').map(({ labels, value }) => [labels.digit, value, count(value)]));
  showRefusals(m);
  const [model] = samples(m, 'digits_model_info');
  byID('other').hidden = !model || model.labels.digest === document.body.dataset.digest;
  byID('updated').textContent = t('updated', { time: new Date().toLocaleTimeString(language) });
}

// update draws the metrics once, or says that they cannot be had.
async function update() {
  const notice = byID('notice');
  try {
    const response = await fetch('metrics', { headers: { Accept: 'text/plain' } });
    if (!response.ok) throw new Error(response.statusText);
    show(parse(await response.text()));
    notice.hidden = true;
  } catch {
    notice.textContent = t('unreachable');
    notice.hidden = false;
  }
}

async function run() {
  if (document.visibilityState === 'visible') await update();
  setTimeout(run, period);
}

run();
