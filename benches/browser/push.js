// How fast a module takes events, in whatever runs this: Node, or a page.
"use strict";

// The most at once, as our host does.
const BLOCK = 256 * 1024;

// Bytes a second, for events that were pushed `times` times after as many to warm up.
function measure(module, events, times) {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module));
  const { memory, malloc, rule_open, rule_push } = instance.exports;
  const handle = rule_open(0, 0);
  if (handle <= 0) throw new Error(`rule_open gives ${handle}`);
  const block = malloc(BLOCK);
  const all = () => {
    for (let at = 0; at < events.length; at += BLOCK) {
      const part = events.subarray(at, at + BLOCK);
      new Uint8Array(memory.buffer, block, part.length).set(part);
      const waiting = rule_push(handle, block, part.length);
      if (waiting < 0) throw new Error(`rule_push gives ${waiting}`);
    }
  };
  for (let time = 0; time < times; time++) all();
  const started = performance.now();
  for (let time = 0; time < times; time++) all();
  const seconds = (performance.now() - started) / 1000;
  return (events.length * times) / seconds;
}

if (typeof require === "function") {
  const [module, events, times] = process.argv.slice(2);
  const { readFileSync } = require("node:fs");
  console.log(measure(readFileSync(module), readFileSync(events), Number(times)));
}
