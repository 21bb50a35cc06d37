// @ts-check
/**
 * Runs the module over a file: `node detect.mjs RULE.wasm EVENTS [CONFIG.json]`.
 *
 * Alerts go to standard output as lines of JSON, the counters to standard error.
 *
 * @module
 */

import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";

import { RuleModule } from "./rule-module.mjs";

/** How many bytes are read, and given to the module, at once. */
const PIECE = 64 * 1024;

/**
 * @param {string} modulePath
 * @param {string} eventsPath
 * @param {string} [configPath]
 */
async function detect(modulePath, eventsPath, configPath) {
  const config = configPath === undefined ? undefined : await readFile(configPath);
  const session = (await RuleModule.compile(await readFile(modulePath))).open(config);
  for await (const piece of createReadStream(eventsPath, { highWaterMark: PIECE })) {
    if (session.push(piece) > 0) printAlerts(session);
  }
  if (session.finish() > 0) printAlerts(session);
  console.error(new TextDecoder().decode(session.counters()));
}

/** @param {import("./rule-module.mjs").Session} session */
function printAlerts(session) {
  for (let lines; (lines = session.alerts()).length > 0;) process.stdout.write(lines);
}

const [modulePath, eventsPath, configPath] = process.argv.slice(2);
try {
  if (eventsPath === undefined) throw new Error("usage: detect.mjs RULE.wasm EVENTS [CONFIG.json]");
  await detect(modulePath, eventsPath, configPath);
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
