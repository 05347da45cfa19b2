// The docs' buttons: copy a command, send a request.
import { copy, make, say } from './elements.js';
import { count, t } from './texts.js';

const shown = 4000; // characters of an answer
const root = new URL('.', location.href).href.replace(/\/$/, '');

for (const operation of document.querySelectorAll('.operation')) {
  const curl = operation.querySelector('.curl');
  curl.textContent = curl.textContent.replaceAll('{origin}', root);
  operation.querySelector('.copy').addEventListener('click', async ({ currentTarget }) => {
    say(currentTarget, t(await copy(curl.textContent, curl) ? 'copied' : 'marked'));
  });
  operation.querySelector('.send')?.addEventListener('click', () => send(operation));
}

// request returns what the reader has put in, or nothing when it is not
// enough.
function request({ dataset }, find) {
  let address = root + dataset.path;
  switch (dataset.try) {
    case 'image': {
      const [body] = find('[type=file]').files;
      if (find('.explain').checked) address += '?explain=1';
      return body && [address, { method: dataset.method, body }];
    }
    case 'json':
      return [address, { method: dataset.method, body: find('textarea').value, headers: { 'Content-Type': 'application/json' } }];
  }
  return [address, { method: dataset.method }];
}

async function send(operation) {
  const reply = operation.querySelector('.reply');
  const tell = (text) => reply.replaceChildren(make('p', { textContent: text }));
  const asked = request(operation, (selector) => operation.querySelector(selector));
  if (!asked) return void tell(t('choose'));
  tell(t('sending'));
  const began = performance.now();
  try {
    const response = await fetch(...asked);
    const text = await response.text();
    const took = t('took', { ms: Math.round(performance.now() - began) });
    tell(`${response.status} ${response.statusText} · ${response.headers.get('Content-Type') ?? ''} · ${took}`);
    if (text) reply.append(make('pre', { className: 'code', tabIndex: 0, textContent: cut(pretty(text)) }));
  } catch {
    tell(t('unreachable'));
  }
}

// pretty indents JSON and leaves everything else.
function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2).replace(/\[[^[\]{}"]*\]/g, (list) => list.replace(/\s+/g, ' '));
  } catch {
    return text;
  }
}

const cut = (text) => (text.length <= shown ? text : `${text.slice(0, shown)}\n${t('cut', { rest: count(text.length - shown) })}`);
