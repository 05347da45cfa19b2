// The page to try it on: joins the paper, the files, the server and the answer.
import * as answer from './answer.js';
import * as camera from './camera.js';
import { correct, predict, Problem } from './client.js';
import { byID, copy, make, say } from './elements.js';
import * as files from './files.js';
import * as many from './many.js';
import { Paper } from './paper.js';
import { t } from './texts.js';

const pauseWhileDrawing = 60; // milliseconds without a move before the server is asked
let asking = new AbortController(); // the request under way
let timer;
let answered = ''; // the id of the answer that is shown
let photo = ''; // the address of the picture that is shown, when it is no drawing

const paper = new Paper(drawn, answer.announce);

// drawn asks about the drawing, at once when a stroke has ended.
function drawn(ended) {
  cancel();
  byID('undo').disabled = byID('clear').disabled = paper.isEmpty;
  if (paper.isEmpty) {
    answer.showEmpty();
    answer.busy(false);
    showCurl();
    return;
  }
  answer.busy(true);
  timer = setTimeout(() => ask(paper.picture(), 'digit.png'), ended ? 0 : pauseWhileDrawing);
}

// cancel forgets what is under way: it is about another picture.
function cancel() {
  clearTimeout(timer);
  asking.abort();
  asking = new AbortController();
  answered = '';
}

async function ask(blob, name) {
  const { signal } = asking;
  try {
    const { reply, ms } = await predict(blob, signal, answer.showWaiting);
    if (!signal.aborted) show(reply, ms, blob);
  } catch (error) {
    if (signal.aborted) return;
    answer.showProblem(error instanceof Problem ? error : new Problem('other'), addressOf(blob));
  }
  if (signal.aborted) return;
  showCurl(blob, name);
  answer.busy(false);
}

let sent = '';

// addressOf makes an address for a picture, in place of the one before.
function addressOf(blob) {
  URL.revokeObjectURL(sent);
  sent = URL.createObjectURL(blob);
  return sent;
}

function show(reply, ms, blob) {
  answer.showAnswer(reply, ms, addressOf(blob));
  answered = reply.id;
}

// take reads pictures from outside: one in place of the drawing, several in
// the table.
function take(given) {
  if (given.length > 1) {
    many.read(given);
    return;
  }
  cancel();
  showPhoto(given[0]);
  answer.showReading();
  answer.busy(true);
  ask(given[0], given[0].name);
}

function showPhoto(file) {
  URL.revokeObjectURL(photo);
  photo = file ? URL.createObjectURL(file) : '';
  byID('photo').hidden = !file;
  byID('paper').inert = Boolean(file);
  byID('photo').classList.remove('blank');
  const picture = make('img', { id: 'photo-picture', alt: '' });
  picture.onerror = () => { picture.hidden = true; byID('photo').classList.add('blank'); }; // browsers show no TIFF
  if (file) picture.src = photo;
  byID('photo-picture').replaceWith(picture);
  byID('photo-name').textContent = file?.name ?? '';
  byID('undo').disabled = Boolean(file) || paper.isEmpty;
  byID('clear').disabled = !file && paper.isEmpty;
}

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

// showCurl writes the request as a command: with the picture in it when it is
// a drawing, else with the file's name.
async function showCurl(blob, name = 'digit.png') {
  const address = quoted(new URL('predict?explain=1', location.href).href);
  let command = `curl -s --data-binary @${quoted(name)} ${address}`;
  if (blob && !(blob instanceof File)) {
    const bytes = new Uint8Array(await blob.arrayBuffer());
    command = `echo ${btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(''))} | base64 -d | curl -s --data-binary @- ${address}`;
  }
  byID('curl').textContent = command;
}

byID('undo').addEventListener('click', () => paper.undo());
byID('clear').addEventListener('click', () => { showPhoto(null); paper.clear(); byID('paper').focus(); });
byID('copy').addEventListener('click', async (event) => {
  say(event.currentTarget, t(await copy(byID('curl').textContent, byID('curl')) ? 'copied' : 'marked'));
});
byID('feedback').addEventListener('click', async ({ target }) => {
  if (target.tagName !== 'BUTTON' || !answered) return;
  const id = answered;
  const result = await correct(id, Number(target.value));
  if (id !== answered) return;
  byID('thanks').textContent = result === 'thanks' ? t('thanks', { digit: target.value }) : t(`feedback.${result}`);
  if (result === 'none') for (const button of byID('feedback').querySelectorAll('button')) button.disabled = true;
});
files.listen(take);
camera.listen((picture) => take([picture]), () => answer.showProblem(new Problem('camera')));
many.listen((job) => {
  cancel();
  showPhoto(job.file);
  show(job.reply, job.ms, job.file);
  showCurl(job.file, job.file.name);
  byID('answer').scrollIntoView({ block: 'nearest' });
});
answer.showEmpty();
showCurl();
byID('main').dataset.ready = 'true';
