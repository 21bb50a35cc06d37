/**
 * Runs published Splunk detections over log events.
 *
 *     const engine = await Engine.load();
 *     const session = engine.open({ window: "all" });
 *     session.push(bytes);
 *     session.finish();
 *     for (const lines of session.allAlerts()) console.log(new TextDecoder().decode(lines));
 *
 * @module
 */

import * as bindings from "../wasm/rule.js";
import { Session } from "./session.js";
import { hasSimd } from "./simd.js";
import type { Config } from "./types.js";

export { RuleError, type Place } from "./error.js";
export { Session, type Raw } from "./session.js";
export { hasSimd } from "./simd.js";
export type * from "./types.js";

/** The version of the interface that this package knows. */
const ABI_MAJOR = 1;

/** Where a module is, or what it is. */
export type Source = URL | string | Response | BufferSource | WebAssembly.Module;

/** The engine, loaded. There is one in a JavaScript realm: a page, a worker. */
export class Engine {
  /** Whether it is the module with SIMD. */
  readonly simd: boolean;

  private constructor(simd: boolean) {
    this.simd = simd;
  }

  /**
   * Loads the module that is right for this browser: with SIMD where there is SIMD.
   * `source` is given where the modules are not beside this file.
   */
  static async load(source?: (simd: boolean) => Source | Promise<Source>): Promise<Engine> {
    const simd = hasSimd();
    const module_or_path = await (source ?? beside)(simd);
    await bindings.default({ module_or_path });
    if (bindings.abiVersion() >> 16 !== ABI_MAJOR) {
      throw new Error(`the module's interface is not of version ${ABI_MAJOR}`);
    }
    return new Engine(simd);
  }

  /**
   * Opens a session. Without `detections` it runs those that are built in.
   *
   * @throws {RuleError} what is wrong with the configuration
   */
  open(config?: Config | string | Uint8Array): Session {
    return Session.of(bindings.RawSession, config);
  }

  /** What is built in, as a configuration. */
  builtin(): Config {
    return JSON.parse(bindings.builtin());
  }
}

function beside(simd: boolean): URL {
  return simd
    ? new URL("../wasm/rule_simd_bg.wasm", import.meta.url)
    : new URL("../wasm/rule_bg.wasm", import.meta.url);
}
