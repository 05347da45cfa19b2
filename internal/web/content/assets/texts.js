// The page's words, which the server puts into it in the reader's language.
const words = JSON.parse(document.getElementById('texts').textContent);
export const language = document.documentElement.lang;

export const has = (key) => Object.hasOwn(words, key);

// t returns a text, with its {names} filled in.
export function t(key, values = {}) {
  return words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

// named returns the text for one of the server's words. One that is newer than
// this page is told as it is.
export function named(kind, name) {
  if (has(`${kind}.${name}`)) return t(`${kind}.${name}`);
  const plain = name.replaceAll('_', ' ');
  return has(`${kind}.other`) ? t(`${kind}.other`, { name: plain }) : plain;
}

// percent writes a probability with one digit, and never rounds doubt away.
export function percent(p) {
  const write = (v) => new Intl.NumberFormat(language, { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(v);
  if (p > 0.999 && p < 1) return `>${write(0.999)}`;
  if (p < 0.001 && p > 0) return `<${write(0.001)}`;
  return write(p);
}

export const count = (n) => new Intl.NumberFormat(language).format(n);

export const size = (bytes) => bytes < 1e6 ? `${count(Math.round(bytes / 1024))} kB` : `${count(Math.round(bytes / 104857.6) / 10)} MB`;

// A language that was chosen is kept from page to page.
const chosen = new URLSearchParams(location.search).get('lang');
if (chosen) {
  for (const link of document.querySelectorAll('.brand, nav:not(.languages) a')) link.search = `?lang=${encodeURIComponent(chosen)}`;
}
