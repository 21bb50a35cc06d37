/** Plays cases in a page, for the tests. */

import { Engine } from "rule-web";
import plainUrl from "rule-web/wasm/rule_bg.wasm?url";
import simdUrl from "rule-web/wasm/rule_simd_bg.wasm?url";

import type { Case } from "../cases";
import { play } from "../play";

const engine = await Engine.load((simd) => fetch(simd ? simdUrl : plainUrl));

Object.assign(globalThis, {
  playCase: (one: Case, config: string) => play(engine, one, config),
});
