// @ts-check
/**
 * Plays the package that `cargo xtask web` builds: `node play-web.mjs`
 *
 * @module
 */

import { readFileSync } from "node:fs";

import { Engine, RuleError } from "../../web/package/dist/index.js";
import { serve } from "./protocol.mjs";

const wasm = (/** @type {string} */ name) =>
  readFileSync(new URL(`../../web/package/wasm/${name}`, import.meta.url));
const engine = await Engine.load((simd) => wasm(simd ? "rule_simd_bg.wasm" : "rule_bg.wasm"));

/** @type {import("../../web/package/dist/index.js").Session | undefined} */
let last;

/** @param {Uint8Array} config */
function open(config) {
  last?.close();
  const session = (last = engine.open(config));
  return /** @type {any} */ ({
    input: (/** @type {Uint8Array} */ settings) => session.input(settings),
    push: (/** @type {Uint8Array} */ bytes) => session.push(bytes),
    advance: (/** @type {bigint} */ now) => session.advance(now),
    finish: () => session.finish(),
    alerts: () => session.alerts(),
    snapshot: () => session.snapshot(),
    restore: (/** @type {Uint8Array} */ state) => session.restore(state),
    merge: (/** @type {Uint8Array} */ state) => session.merge(state),
    ...session.raw,
  });
}

await serve(open, RuleError);
