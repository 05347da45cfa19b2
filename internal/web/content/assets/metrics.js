// Prometheus' text format, as far as the server writes it.

// parse returns the samples by the metric's name: a list of {labels, value}.
export function parse(text) {
  const families = new Map();
  for (const line of text.split('\n')) {
    const match = /^([a-z_:][\w:]*)(?:\{(.*)\})? (\S+)/i.exec(line);
    if (!match) continue;
    const [, name, inside = '', number] = match;
    const labels = {};
    for (const [, key, value] of inside.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) {
      labels[key] = value.replace(/\\(.)/g, (_, c) => (c === 'n' ? '\n' : c));
    }
    if (!families.has(name)) families.set(name, []);
    families.get(name).push({ labels, value: Number(number.replace('Inf', 'Infinity')) });
  }
  return families;
}

const fits = (labels, wanted) => Object.entries(wanted).every(([key, value]) => labels[key] === value);

// samples returns those of a metric with the wanted labels.
export const samples = (families, name, wanted = {}) => (families.get(name) ?? []).filter(({ labels }) => fits(labels, wanted));

// sum adds them up.
export const sum = (families, name, wanted) => samples(families, name, wanted).reduce((total, { value }) => total + value, 0);
