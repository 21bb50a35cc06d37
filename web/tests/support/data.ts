/** Real logs, where they are: `RULE_DATA`, else `shared/data` beside the project. */

import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the project. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");

const data = process.env["RULE_DATA"] ?? resolve(root, "../shared/data");

export const otrf = join(data, "windows/otrf_proxylogon.ndjson.gz");
/** A release of detections and macros. */
export const release = join(data, "escu");
export const evtx = join(
  data,
  "windows/evtx/ID6-Failed_to_install_an_Exchange_transport_agent.evtx",
);

/** Whether a file is there; a test that needs it is skipped where not. */
export function has(path: string): boolean {
  if (existsSync(path)) return true;
  console.log(`skipped: there is no \`${path}\`: name the folder of the logs in \`RULE_DATA\``);
  return false;
}

export const samples = join(root, "samples/logs");
export const page = join(root, "web/dist");
