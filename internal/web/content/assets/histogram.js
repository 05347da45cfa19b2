// Percentiles of a histogram's buckets.
import { samples } from './metrics.js';

// buckets returns the cumulative counts below each bound, over all series with
// the wanted labels, by rising bound.
export function buckets(families, name, wanted) {
  const counts = new Map();
  for (const { labels, value } of samples(families, `${name}_bucket`, wanted)) {
    const bound = Number(labels.le.replace('Inf', 'Infinity'));
    counts.set(bound, (counts.get(bound) ?? 0) + value);
  }
  return [...counts].sort(([a], [b]) => a - b);
}

// quantile returns the value below which a share of the observations lie, taken
// evenly within a bucket, as Prometheus does. It is NaN without observations.
export function quantile(share, list) {
  const total = list.at(-1)?.[1] ?? 0;
  if (!total) return NaN;
  const rank = share * total;
  let [from, below] = [0, 0];
  for (const [to, count] of list) {
    if (count >= rank && count > below) return to === Infinity ? from : from + (to - from) * (rank - below) / (count - below);
    [from, below] = [to, count];
  }
  return from;
}
