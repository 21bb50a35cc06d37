/** Matches over time, host by host. */

import type { Finding, Timeline } from "./protocol";

/** Hosts shown by name; the others are one. */
const HOSTS = 6;

/** As many stretches at the most. */
const MOST = 96;

/** Lengths of a stretch, in seconds. */
const STEPS = [
  1, 5, 15, 60, 300, 900, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 86400, 7 * 86400, 30 * 86400,
  365 * 86400,
];

export function timeline(findings: readonly Finding[]): Timeline {
  const points: { at: number; host: string; count: number }[] = [];
  let [least, most] = [Infinity, -Infinity];
  const totals = new Map<string, number>();
  for (const finding of findings) {
    const at = Date.parse(finding.time) / 1000;
    if (!Number.isFinite(at)) continue;
    const host = finding.host || "no host";
    const count = finding.count ?? 1;
    points.push({ at, host, count });
    totals.set(host, (totals.get(host) ?? 0) + count);
    least = Math.min(least, at);
    most = Math.max(most, at);
  }
  if (points.length === 0) return { starts: [], step: 1, hosts: [] };
  const span = most - least;
  const step = STEPS.find((step) => span / step < MOST) ?? Math.ceil(span / MOST);
  const start = Math.floor(least / step) * step;
  const length = Math.floor((most - start) / step) + 1;
  const starts = Array.from({ length }, (_, place) => start + place * step);
  const ranked = [...totals].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const names = ranked.slice(0, HOSTS).map(([name]) => name);
  if (ranked.length > HOSTS) names.push(`${ranked.length - HOSTS} others`);
  const hosts = names.map((name) => ({ name, counts: new Array<number>(length).fill(0), total: 0 }));
  const places = new Map(ranked.map(([name], place) => [name, Math.min(place, HOSTS)]));
  for (const { at, host, count } of points) {
    const lane = hosts[places.get(host) ?? 0];
    if (lane === undefined) continue;
    const place = Math.floor((at - start) / step);
    lane.counts[place] = (lane.counts[place] ?? 0) + count;
    lane.total += count;
  }
  return { starts, step, hosts };
}
