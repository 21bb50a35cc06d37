import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

import type { Timeline as Lanes } from "../engine/protocol";
import { number } from "./format";
import { theme } from "./Header";

const HEIGHT = 140;

/** Matches over time, a colour for each host. */
export function Timeline({ timeline }: { timeline: Lanes }) {
  const place = useRef<HTMLDivElement>(null);
  const dark = theme.value;
  useEffect(() => {
    const element = place.current;
    if (element === null || timeline.starts.length === 0) return;
    const plot = new uPlot(options(element, timeline), data(timeline), element);
    const resized = new ResizeObserver(() =>
      plot.setSize({ width: element.clientWidth, height: HEIGHT }),
    );
    resized.observe(element);
    return () => {
      resized.disconnect();
      plot.destroy();
    };
  }, [timeline, dark]);
  if (timeline.starts.length === 0) return null;
  return (
    <figure class="card timeline">
      <figcaption>
        <h2>Matches over time</h2>
        <ul class="legend">
          {timeline.hosts.map(({ name, total }, lane) => (
            <li key={name}>
              <span class={`swatch lane-${lane}`} aria-hidden="true" />
              {name} <span class="meta">{number(total)}</span>
            </li>
          ))}
        </ul>
      </figcaption>
      <div class="plot" ref={place} role="img" aria-label={spoken(timeline)} />
    </figure>
  );
}

function spoken({ starts, step, hosts }: Lanes): string {
  const day = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 16);
  const [first = 0] = starts;
  const last = (starts.at(-1) ?? first) + step;
  const parts = hosts.map(({ name, total }) => `${name} ${total}`);
  return `Matches from ${day(first)} to ${day(last)} UTC: ${parts.join(", ")}`;
}

/** Each lane stands on those before it; the last is drawn first. */
function data({ starts, hosts }: Lanes): uPlot.AlignedData {
  const sums = new Array<number>(starts.length).fill(0);
  const stacked = hosts.map(({ counts }) =>
    counts.map((count, place) => (sums[place] = (sums[place] ?? 0) + count)),
  );
  return [starts, ...stacked.reverse()];
}

function options(element: HTMLElement, { starts, step, hosts }: Lanes): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colour("--muted"),
    font: `11px ${style.fontFamily}`,
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { show: false },
  };
  const bars = uPlot.paths.bars?.({ size: [0.8, 42, 2], align: 1 });
  const lanes = hosts.map((_, lane): uPlot.Series => ({
    fill: colour(`--lane-${lane}`),
    width: 0,
    points: { show: false },
    ...(bars === undefined ? {} : { paths: bars }),
  }));
  const [first = 0] = starts;
  const last = (starts.at(-1) ?? first) + step;
  // A lone bar would be as wide as the chart.
  const room = starts.length < 12 ? ((12 - starts.length) / 2) * step : 0;
  return {
    width: element.clientWidth,
    height: HEIGHT,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "UTC"),
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 8, 0, 0],
    scales: {
      x: { time: true, range: () => [first - room, last + room] },
      y: { range: (_, __, most) => [0, Math.max(most * 1.05, 1)] },
    },
    axes: [
      { ...axis, size: 26, space: 80, values: labels(last - first) },
      {
        ...axis,
        size: 44,
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6, 1e7],
      },
    ],
    series: [{}, ...lanes.reverse()],
  };
}

/** Times as `2021-03-14 08:50`, as far as they differ. */
function labels(span: number): uPlot.Axis.Values {
  const [from, to] = span > 4 * 86400 ? [0, 10] : span > 86400 ? [5, 16] : [11, 16];
  return (_, ticks) =>
    ticks.map((seconds) => new Date(seconds * 1000).toISOString().replace("T", " ").slice(from, to));
}
