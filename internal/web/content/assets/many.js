// The table of many pictures.
import { certainty, remarks, words } from './answer.js';
import { predict, Problem } from './client.js';
import { byID, make, save } from './elements.js';
import { count, percent, t } from './texts.js';

const atOnce = 3;
let jobs = [];
let stopping = new AbortController();

// listen makes the buttons work; show is called with a job whose answer is to
// be seen.
export function listen(show) {
  byID('stop').addEventListener('click', () => stopping.abort());
  byID('many-close').addEventListener('click', () => { forget(); byID('choose').focus(); });
  byID('export').addEventListener('click', () => save('digits.csv', new Blob([csv(jobs)], { type: 'text/csv' })));
  byID('rows').addEventListener('click', (event) => {
    const row = event.target.closest('button')?.closest('tr');
    if (row) show(jobs.find((job) => job.row === row));
  });
}

function forget() {
  stopping.abort();
  for (const job of jobs) URL.revokeObjectURL(job.url);
  jobs = [];
  byID('rows').replaceChildren();
  byID('many').hidden = true;
}

// read reads all files, a few at a time. What is wrong with one stands in its
// row.
export async function read(files) {
  forget();
  stopping = new AbortController();
  const { signal } = stopping;
  const mine = jobs = files.map((file) => ({ file, url: URL.createObjectURL(file) }));
  for (const job of mine) addRow(job);
  byID('many').hidden = false;
  byID('many').classList.add('busy');
  byID('stop').disabled = false;
  byID('export').disabled = true;
  byID('many-title').focus();
  const queue = mine.values();
  let done = 0;
  progress(done);
  const work = async () => {
    for (const job of queue) {
      if (signal.aborted) return;
      await readOne(job, signal);
      if (mine !== jobs) return;
      if (job.reply || job.problem) progress(++done);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  if (mine === jobs) finish(done);
}

async function readOne(job, signal) {
  try {
    const { reply, ms } = await predict(job.file, signal, (why, seconds) => fill(job, t(why, { seconds })));
    Object.assign(job, { reply, ms });
  } catch (error) {
    if (signal.aborted) return void fill(job, '');
    job.problem = error instanceof Problem ? error : new Problem('other');
  }
  fill(job, '');
}

function progress(done) {
  Object.assign(byID('progress'), { max: jobs.length, value: done });
  byID('summary').textContent = t('progress', { done: count(done), all: count(jobs.length) });
}

const isDoubtful = ({ reply }) => reply && (!reply.accepted || reply.candidates.length > 1 || reply.image.flags.length > 0);

// rank puts what has to be looked at first: rejected, doubtful, not read, and
// the rest by confidence.
function rank(job) {
  if (!job.reply) return job.problem ? 2 : 4;
  if (!job.reply.accepted) return 0;
  return isDoubtful(job) ? 1 : 3;
}

function finish(done) {
  jobs.sort((a, b) => rank(a) - rank(b) || (a.reply?.confidence ?? 0) - (b.reply?.confidence ?? 0));
  byID('rows').replaceChildren(...jobs.map((job) => job.row));
  byID('many').classList.remove('busy');
  byID('stop').disabled = true;
  byID('export').disabled = done === 0;
  if (done < jobs.length) {
    byID('summary').textContent = t('stopped', { done: count(done), all: count(jobs.length) });
    return;
  }
  const failed = jobs.filter((job) => job.problem).length;
  const doubtful = jobs.filter(isDoubtful).length;
  byID('summary').textContent = t('summary', { all: count(jobs.length), right: count(jobs.length - failed - doubtful), doubtful: count(doubtful), failed: count(failed) });
}

function addRow(job) {
  const image = make('img', { src: job.url, alt: '', loading: 'lazy' });
  image.onerror = () => { image.hidden = true; };
  job.row = make('tr', {}, make('td', {}, image), make('th', { scope: 'row', textContent: job.file.name }), make('td'), make('td'), make('td'));
  byID('rows').append(job.row);
  fill(job, t('waiting'));
}

// fill writes what is known about a job into its row.
function fill(job, remark) {
  const { row, reply, problem, file } = job;
  const [, name, digit, confidence, last] = row.children;
  row.className = problem ? 'failed' : reply && !reply.accepted ? 'rejected' : isDoubtful(job) ? 'doubtful' : '';
  digit.textContent = reply ? reply.digit : t('nothing');
  confidence.textContent = reply ? percent(reply.confidence) : '';
  if (reply) {
    last.textContent = [reply.accepted ? certainty(reply) : t('rejected'), ...remarks(reply)].join('. ').replaceAll('..', '.');
    name.replaceChildren(make('button', { type: 'button', className: 'link', textContent: file.name, ariaLabel: t('show', { name: file.name }) }));
  } else {
    last.textContent = problem ? words(problem).join('. ') : remark;
  }
}

// csv is the table for other programs. A name that a spreadsheet would take
// for a formula gets an apostrophe.
function csv(all) {
  const cell = (value) => {
    const text = String(value ?? '');
    return `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  };
  const lines = [['file', 'digit', 'confidence', 'accepted', 'reason', 'candidates', 'flags', 'problem']];
  for (const { file, reply: r, problem } of all) {
    lines.push([file.name, r?.digit, r?.confidence, r?.accepted, r?.reason, r?.candidates.join(' '), r?.image.flags.join(' '), problem?.name]);
  }
  return lines.map((line) => line.map(cell).join(',')).join('\r\n') + '\r\n';
}
