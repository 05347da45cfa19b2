// The requests to the server.
import { size } from './texts.js';

const maxBytes = Number(document.body.dataset.maxBytes) || Infinity;
const busyTries = 8;
const longest = 86400; // seconds to wait; a browser's timers cannot do 25 days
const large = 1e6; // bytes

// Problem is why a picture has no answer: its name among the server's
// problems, or one of our own. Of what could be decoded there are pictures.
export class Problem extends Error {
  constructor(name, { id = '', pictures = [] } = {}) {
    super(name);
    Object.assign(this, { name, id, pictures, limit: size(maxBytes) });
  }
}

const pause = (seconds, signal) => new Promise((resolve, reject) => {
  const timer = setTimeout(resolve, 1000 * seconds);
  signal.addEventListener('abort', () => { clearTimeout(timer); reject(signal.reason); }, { once: true });
});

// predict asks what digit a picture shows. It returns the reply, and the
// milliseconds that it took. While the server is busy or away it tries again,
// having called waiting('busy', 'limited' or 'unreachable', seconds). It throws a Problem,
// or the signal's reason.
export async function predict(blob, signal, waiting) {
  if (blob.size > maxBytes) throw new Problem('body-too-large');
  if (blob.size === 0) throw new Problem('empty-image');
  for (let busy = 0, away = 0; ;) {
    signal.throwIfAborted();
    await blob.slice(0, 1).arrayBuffer().catch(() => { throw new Problem('unreadable'); });
    const began = performance.now();
    let why = 'unreachable';
    let seconds = Math.min(2 ** away++, 5);
    try {
      const response = await fetch('predict?explain=1', { method: 'POST', body: blob, signal, headers: { 'Content-Type': blob.type || 'application/octet-stream' } });
      if (response.ok) return { reply: await response.json(), ms: performance.now() - began };
      if (!isAway(response)) {
        if (response.status !== 503 && response.status !== 429 || ++busy > busyTries) throw await problemOf(response);
        why = response.status === 429 ? 'limited' : 'busy';
        seconds = Math.min(Math.max(Number(response.headers.get('Retry-After')) || 1, 1), longest);
        away = 0;
      }
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof Problem) throw error;
      if (blob.size > large && await isThere(signal)) throw new Problem('body-refused');
    }
    waiting(why, seconds);
    await pause(seconds, signal);
  }
}

// isAway tells whether a balancer answered because no server is up: the
// server's own refusals are problems.
const isAway = ({ status, headers }) => [502, 503, 504].includes(status) && !headers.get('Content-Type')?.startsWith('application/problem+json');

// isThere tells whether the server answers at all. One that does, but breaks
// off a large picture, has refused it: browsers do not always see the reply to
// what they are still sending.
const isThere = (signal) => fetch('livez', { signal }).then(({ ok }) => ok, () => false);

async function problemOf(response) {
  const problem = await response.json().catch(() => ({}));
  const name = String(problem.type ?? '').split(':').pop();
  return new Problem({ 413: 'body-refused', 429: 'rate-limited' }[response.status] ?? name, problem);
}

// correct tells the server what a picture showed. It returns how that went:
// thanks, none (no corrections are taken), old (the answer is forgotten), given
// (it has one) or failed.
export async function correct(id, label) {
  try {
    const response = await fetch('feedback', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ id, label }) });
    if (response.ok) return 'thanks';
    const { name } = await problemOf(response);
    if (response.status === 405 || response.status === 404 && (name === 'not-found' || !name)) return 'none';
    return { 404: 'old', 409: 'given' }[response.status] ?? 'failed';
  } catch {
    return 'failed';
  }
}
