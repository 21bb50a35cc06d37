/** The bindings in Node: its `fetch` reads no files, so they are given. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { Engine } from "rule-web";
import { load } from "rule-web/evtx";

import { root } from "./data";

const wasm = (name: string) => readFile(join(root, "web/package/wasm", name));

export const engine = await Engine.load((simd) => wasm(simd ? "rule_simd_bg.wasm" : "rule_bg.wasm"));

export const evtxReady = () => load(wasm("evtx_bg.wasm"));
