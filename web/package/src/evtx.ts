/**
 * Windows event log files as Event XML. A module of its own, to be loaded when such a
 * file comes.
 *
 * @module
 */

import * as bindings from "../wasm/evtx.js";
import type { Source } from "./index.js";

export { EventLog } from "../wasm/evtx.js";

/** The first bytes of such a file. */
export const MARK = new TextEncoder().encode("ElfFile\0");

/** Loads the module; `source` is given where it is not beside this file. */
export async function load(source?: Source | Promise<Source>): Promise<void> {
  const module_or_path = (await source) ?? new URL("../wasm/evtx_bg.wasm", import.meta.url);
  await bindings.default({ module_or_path });
}

/** Reads a part of a file. */
export type ReadAt = (start: number, end: number) => Promise<Uint8Array>;

/**
 * Where the oldest chunk of a log begins: a full log writes its newest chunk over its
 * oldest, so that the order of the file is not that of its records. The records are in
 * their order from there to the end, then from behind the header to there.
 */
export async function oldestChunk(length: number, read: ReadAt): Promise<number> {
  const header = bindings.headerLength();
  const chunk = bindings.chunkLength();
  let start = header;
  if ((length - header) % chunk !== 0) return start;
  let least: bigint | undefined;
  for (let at = header; at < length; at += chunk) {
    const first = bindings.firstRecord(await read(at, at + bindings.headLength()));
    if (first !== undefined && (least === undefined || first < least)) [least, start] = [first, at];
  }
  return start;
}

/** As many bytes are the header of a file. */
export const headerLength = (): number => bindings.headerLength();
