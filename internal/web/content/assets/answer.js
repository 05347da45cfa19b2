// The panel with the answer to one picture.
import { byID, make } from './elements.js';
import { has, named, percent, t } from './texts.js';

const panel = byID('answer');
const bars = [...byID('bars').children];
const labels = [...byID('feedback').querySelectorAll('button')];

export const digitNamed = (digit) => t(`digit.${digit}`);

// certainty says in words how sure an answer is.
export function certainty({ confidence }) {
  if (confidence >= 0.99) return t('sure');
  if (confidence >= 0.9) return t('quite');
  return confidence >= 0.6 ? t('probably') : t('guess');
}

// remarks are what there is to say about a prediction beside the digit.
export function remarks(p) {
  const all = [];
  if (!p.accepted) all.push(named('reason', p.reason ?? ''), t('closest', { digit: p.digit }));
  else if (p.candidates.length > 1) all.push(t('between', { digits: p.candidates.join(t('and')) }));
  return all.concat(p.image.flags.map((flag) => named('flag', flag)));
}

// words are the title and the advice for a Problem.
export function words({ name, id, limit }) {
  const known = has(`error.${name}`) ? name : 'other';
  const report = id && ['internal', 'other'].includes(known) ? t('report', { id }) : '';
  return [t(`error.${known}`), `${t(`do.${known}`, { limit })} ${report}`.trim()];
}

function put(state, digit, headline, remark, took = '') {
  panel.dataset.state = state;
  byID('digit').textContent = digit;
  byID('headline').textContent = headline;
  byID('remark').textContent = remark;
  byID('took').textContent = took;
}

// busy says whether the answer to what is on the paper is still to come.
export function busy(on) { panel.ariaBusy = String(on); }

function putBars(probabilities, candidates) {
  bars.forEach((bar, digit) => {
    const p = probabilities?.[digit];
    bar.classList.toggle('candidate', candidates.includes(digit));
    bar.querySelector('.fill').style.width = `${100 * (p ?? 0)}%`;
    bar.querySelector('.percent').textContent = p === undefined ? '' : percent(p);
  });
}

// allowCorrections lets the reader say what the picture was, unless it is
// what was answered.
function allowCorrections(allowed) {
  for (const label of labels) label.disabled = !allowed;
  byID('thanks').textContent = '';
}

export function showEmpty() {
  put('empty', '?', t('empty'), t('empty.more'));
  putBars(null, []);
  allowCorrections(false);
  showPath(null);
  announce('');
}

// showReading says that a file is on its way. A drawing's last answer stays
// until the next.
export function showReading() {
  put('reading', '…', t('reading'), '');
  putBars(null, []);
  allowCorrections(false);
}

export function showWaiting(why, seconds) {
  put('waiting', '…', t(why, { seconds }), '');
  putBars(null, []);
  allowCorrections(false);
  announce(t(why, { seconds }));
}

// showProblem shows why there is no answer to the picture whose address is sent.
export function showProblem(problem, sent) {
  const [title, advice] = words(problem);
  put('problem', '!', title, advice);
  putBars(null, []);
  allowCorrections(false);
  showPath(problem.pictures.length ? { image: problem } : null, sent);
  announce(`${title}. ${advice}`);
}

// showAnswer shows a prediction, and sent, the address of the picture.
export function showAnswer(p, ms, sent) {
  const sure = t('percent', { percent: percent(p.confidence) });
  const headline = p.accepted ? `${digitNamed(p.digit)} · ${certainty(p)}` : t('rejected');
  put(p.accepted ? 'accepted' : 'rejected', p.digit, headline, [p.accepted ? sure : '', ...remarks(p)].join(' ').trim(), t('took', { ms: Math.round(ms) }));
  putBars(p.probabilities, p.candidates);
  allowCorrections(Boolean(p.id));
  showPath(p, sent);
  announce([`${headline}.`, p.accepted ? sure : '', ...remarks(p)].join(' '));
}

let timer;

// announce tells screen readers, once things have settled.
export function announce(text) {
  clearTimeout(timer);
  timer = setTimeout(() => { byID('said').textContent = text; }, 400);
}

const png = (base64) => `data:image/png;base64,${base64}`;

const step = (className, inside, caption) => make('li', { className }, inside, make('span', { className: 'caption', textContent: caption }));

// showPath shows the picture on its way to the network: what was sent, what
// each step made of it where the server tells, and what the network saw.
function showPath(p, sent) {
  if (!p) {
    byID('path').replaceChildren(...['sent', 'network'].map((name) => step('', make('span', { className: 'blank' }), named('step', name))));
    return;
  }
  const original = make('img', { src: sent, alt: '' });
  original.onerror = () => original.replaceWith(make('span', { className: 'blank' }));
  const items = [step('sent', original, named('step', 'sent'))];
  if (p.image.pictures?.length) {
    for (const { step: name, png: picture } of p.image.pictures) items.push(step('', make('img', { src: png(picture), alt: '' }), named('step', name)));
  } else {
    for (const name of p.image.steps) items.push(make('li', { className: 'word' }, make('span', { textContent: named('step', name) })));
  }
  if (p.image.explain) items.push(step('', make('img', { src: png(p.image.explain), alt: '', id: 'saw' }), named('step', 'network')));
  byID('path').replaceChildren(...items);
}
