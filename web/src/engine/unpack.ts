/** Packed streams: by the browser's own unpacking, and where that stops short, by ours. */

import { Gunzip } from "fflate";

export type Bytes = AsyncGenerator<Uint8Array<ArrayBuffer>>;

/** Begins a stream from its start; `again` says that it was begun before. */
export type Begin = (again: boolean) => Bytes;

/** As many bytes are gathered before they are given on. */
const GATHER = 256 << 10;

/**
 * Unpacks a stream. A file may be several packed files in a row, and browsers unpack the
 * first alone: then it is unpacked anew by a library that goes on, from where the browser
 * stopped.
 */
export async function* unpacked(packed: Begin, again: boolean): Bytes {
  let given = 0;
  try {
    for await (const piece of gathered(browser(packed(again)))) {
      given += piece.length;
      yield piece;
    }
    return;
  } catch {
    // What is wrong, if anything, the second way says.
  }
  let passed = 0;
  for await (const piece of gathered(library(packed(true)))) {
    const fresh = piece.subarray(Math.min(Math.max(given - passed, 0), piece.length));
    passed += piece.length;
    if (fresh.length > 0) yield fresh;
  }
}

async function* browser(bytes: Bytes): Bytes {
  const packed = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const { done, value } = await bytes.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
  const reader = packed.pipeThrough(new DecompressionStream("gzip")).getReader();
  try {
    for (let read; !(read = await reader.read()).done; ) {
      yield read.value as Uint8Array<ArrayBuffer>;
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

async function* library(bytes: Bytes): Bytes {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let ended = false;
  const gunzip = new Gunzip((piece, last) => {
    ended = last;
    pieces.push(piece as Uint8Array<ArrayBuffer>);
  });
  try {
    for await (const piece of bytes) {
      gunzip.push(piece);
      yield* pieces.splice(0);
    }
    gunzip.push(new Uint8Array(), true);
  } catch (error) {
    yield* pieces.splice(0);
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`it cannot be unpacked to its end: ${why}`);
  }
  yield* pieces.splice(0);
  if (!ended) throw new Error("it cannot be unpacked to its end: it is cut");
}

/** Small pieces as larger ones; before an error comes what was gathered. */
async function* gathered(bytes: Bytes): Bytes {
  let pieces: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const together = () => {
    const whole = new Uint8Array(length);
    let at = 0;
    for (const piece of pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    pieces = [];
    length = 0;
    return whole;
  };
  let failed: { error: unknown } | undefined;
  try {
    for await (const piece of bytes) {
      pieces.push(piece);
      length += piece.length;
      if (length >= GATHER) yield together();
    }
  } catch (error) {
    failed = { error };
  }
  if (length > 0) yield together();
  if (failed !== undefined) throw failed.error;
}
