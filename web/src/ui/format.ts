/** Numbers and times for people. */

export function number(value: number): string {
  return value.toLocaleString("en");
}

export function bytes(value: number): string {
  const units = ["B", "KB", "MB", "GB"];
  let place = 0;
  while (value >= 1000 && place < units.length - 1) {
    value /= 1000;
    place++;
  }
  return `${place === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[place]}`;
}

export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(seconds < 1 ? 2 : 1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `2021-03-14T01:40:12Z` as `2021-03-14 01:40:12`: all times are UTC. */
export function time(text: string): string {
  return text.replace("T", " ").replace(/(\.\d+)?Z$/, "");
}

/** A window, the day said once where it is the same. */
export function span(start: string, end: string): string {
  const [day] = time(start).split(" ");
  const last = time(end);
  return `${time(start)} to ${last.startsWith(`${day} `) ? last.slice(11) : last}`;
}
