// @ts-check
/**
 * Plays the host of examples/javascript: `node play.mjs RULE.wasm`
 *
 * @module
 */

import { readFileSync } from "node:fs";

import { RuleError, RuleModule } from "../../examples/javascript/rule-module.mjs";
import { serve } from "./protocol.mjs";

const module = await RuleModule.compile(readFileSync(process.argv[2]));
await serve((config) => /** @type {any} */ (module.open(config)), RuleError);
