import { cancel, client, sources, stopping } from "../state";
import { bytes, duration, number } from "./format";

/** How far a run is. */
export function Progress() {
  const progress = client.progress.value;
  const total = progress?.total ?? sources.value.reduce((sum, { blob }) => sum + blob.size, 0);
  const read = Math.min(progress?.read ?? 0, total);
  const speed = progress?.speed ?? 0;
  const left = speed > 0 ? (total - read) / speed : undefined;
  const percent = total > 0 ? Math.floor((read / total) * 100) : 0;
  return (
    <div class="card progress">
      <div class="progress-head">
        <h2>
          {progress?.name === ""
            ? "Closing the windows"
            : `Reading ${progress?.name ?? sources.value[0]?.name}`}
        </h2>
        <button type="button" disabled={stopping.value || progress?.name === ""} onClick={cancel}>
          {stopping.value ? "Stopping" : "Cancel"}
        </button>
      </div>
      <progress max={total || 1} value={read} aria-label="Bytes read">
        {percent}%
      </progress>
      <dl class="figures" aria-live="off">
        <Figure name="read" value={`${bytes(read)} of ${bytes(total)}`} />
        <Figure name="speed" value={speed > 0 ? `${bytes(speed)}/s` : "–"} />
        <Figure name="time left" value={left === undefined ? "–" : duration(left)} />
        <Figure name="events" value={number(progress?.events ?? 0)} />
        <Figure name="matched" value={number(progress?.matched ?? 0)} />
      </dl>
    </div>
  );
}

export function Figure({ name, value, bad }: { name: string; value: string; bad?: boolean }) {
  return (
    <div class={bad ? "figure bad" : "figure"}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
