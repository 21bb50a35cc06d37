/** Sources as bytes that the engine takes: sliced, unpacked, .evtx decoded. */

import type { Input } from "rule-web";
import evtxUrl from "rule-web/wasm/evtx_bg.wasm?url";

import type { Source } from "./protocol";
import { type Begin, type Bytes, unpacked } from "./unpack";

/** As much of a file is in memory at once. */
const SLICE = 2 << 20;

/** How often a file may be packed within itself, as in the program. */
const DEPTH = 4;

const GZIP = [0x1f, 0x8b];
const ZSTD = [0x28, 0xb5, 0x2f, 0xfd];
const EVTX = [..."ElfFile\0"].map((letter) => letter.charCodeAt(0));

export interface Opened {
  format: Input["format"];
  bytes: Bytes;
}

/** Opens a source; nothing where it is in no form that can be read. */
export async function open(
  { name, blob }: Source,
  watch: (bytes: number) => void,
  note: (text: string) => void,
): Promise<Opened | undefined> {
  const head = new Uint8Array(await blob.slice(0, EVTX.length).arrayBuffer());
  if (begins(head, EVTX)) return { format: "xml", bytes: await eventLog(blob, watch, note) };
  let begin: Begin = (again) => slices(blob, again ? () => undefined : watch);
  let bytes = begin(false);
  let first = head;
  for (let depth = 0; begins(first, GZIP); depth++) {
    if (depth === DEPTH) {
      note(`it is packed more than ${DEPTH} times: unpack it first`);
      return undefined;
    }
    const packed = begin;
    begin = (again) => unpacked(packed, again);
    [first, bytes] = await peek(begin(false));
  }
  if (begins(first, ZSTD)) {
    note("browsers cannot unpack `.zst`: unpack it first, or use `host-runner run`");
    return undefined;
  }
  if (begins(first, EVTX)) return { format: "xml", bytes: decoded(bytes, note) };
  return { format: /\.csv(\.gz)?$/i.test(name) ? "csv" : "auto", bytes };
}

function begins(bytes: Uint8Array, mark: number[]): boolean {
  return bytes.length >= mark.length && mark.every((byte, place) => bytes[place] === byte);
}

/** A file, slice by slice. */
async function* slices(blob: Blob, watch: (bytes: number) => void, from = 0, to = blob.size): Bytes {
  for (let at = from; at < to; at += SLICE) {
    const slice = new Uint8Array(await blob.slice(at, Math.min(at + SLICE, to)).arrayBuffer());
    watch(slice.length);
    yield slice;
  }
}

/** The first bytes of a stream, and the stream with those bytes in it still. */
async function peek(bytes: Bytes): Promise<[Uint8Array<ArrayBuffer>, Bytes]> {
  const first = (await bytes.next()).value ?? new Uint8Array();
  async function* whole(): Bytes {
    yield first;
    yield* bytes;
  }
  return [first, whole()];
}

/** A log file, its chunks in the order of their records. */
async function eventLog(
  blob: Blob,
  watch: (bytes: number) => void,
  note: (text: string) => void,
): Promise<Bytes> {
  const evtx = await evtxModule();
  const read = async (start: number, end: number) =>
    new Uint8Array(await blob.slice(start, end).arrayBuffer());
  const start = await evtx.oldestChunk(blob.size, read);
  const header = evtx.headerLength();
  async function* inOrder(): Bytes {
    if (start <= header) return yield* slices(blob, watch);
    yield* slices(blob, watch, 0, header);
    yield* slices(blob, watch, start);
    yield* slices(blob, watch, header, start);
  }
  return decoded(inOrder(), note);
}

async function* decoded(bytes: Bytes, note: (text: string) => void): Bytes {
  const { EventLog } = await evtxModule();
  const log = new EventLog();
  const tell = () => log.takeDamage().forEach(note);
  try {
    for await (const piece of bytes) {
      const xml = log.push(piece);
      tell();
      if (xml.length > 0) yield xml as Uint8Array<ArrayBuffer>;
    }
    const xml = log.finish();
    tell();
    if (xml.length > 0) yield xml as Uint8Array<ArrayBuffer>;
  } finally {
    log.free();
  }
}

let loaded: Promise<typeof import("rule-web/evtx")> | undefined;

/** The module that reads log files, loaded when the first of them comes. */
function evtxModule(): Promise<typeof import("rule-web/evtx")> {
  loaded ??= import("rule-web/evtx").then(async (evtx) => {
    await evtx.load(fetch(evtxUrl));
    return evtx;
  });
  return loaded;
}
