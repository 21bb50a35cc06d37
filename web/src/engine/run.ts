/** A run: sources in, findings out. */

import type { Engine, Input, Session } from "rule-web";

import type { Findings } from "./findings";
import type { Notice, Progress, Rules, RunRequest, Source, Summary } from "./protocol";
import { open, type Opened } from "./source";

/** Events shown behind each row. */
const SAMPLES = 5;

/** The limits of the program's own runs, so that both give the same alerts. */
const LIMITS = { record: 8 << 20, state: 128 << 20 };

/** Progress is told as often, in milliseconds. */
const EVERY = 100;

export class Run {
  readonly #session: Session;
  readonly #sources: Source[];
  readonly #tell: (progress: Progress) => void;
  readonly #notices: Notice[] = [];
  readonly #total: number;
  readonly #begun = performance.now();
  #read = 0;
  #told = 0;
  #cancelled = false;

  constructor(
    engine: Engine,
    rules: Rules,
    { window, sources }: RunRequest,
    tell: (progress: Progress) => void,
  ) {
    this.#session = engine.open({ ...rules, window, samples: SAMPLES, limits: LIMITS });
    this.#sources = sources;
    this.#tell = tell;
    this.#total = sources.reduce((sum, source) => sum + source.blob.size, 0);
  }

  /** Ends it at the next slice; what was found until then is kept. */
  cancel(): void {
    this.#cancelled = true;
  }

  async go(findings: Findings): Promise<Summary> {
    try {
      for (const source of this.#sources) {
        if (this.#cancelled) break;
        await this.#one(source, findings);
      }
      this.#progress("", true);
      this.#session.finish();
      this.#take(findings);
      return {
        counters: this.#session.counters(),
        findings: findings.length,
        seconds: this.#seconds(),
        cancelled: this.#cancelled,
        notices: this.#notices,
        timeline: findings.timeline(),
      };
    } finally {
      this.#session.close();
    }
  }

  /** Reads a source. One that cannot be read to its end does not stop the others. */
  async #one(source: Source, findings: Findings): Promise<void> {
    const before = this.#read;
    const note = (text: string) => this.#notices.push({ input: source.name, text });
    const watch = (bytes: number) => {
      this.#read += bytes;
    };
    let opened: Opened | undefined;
    try {
      opened = await open(source, watch, note);
      if (opened === undefined) return;
      this.#session.input({ name: source.name, format: opened.format } satisfies Input);
      for await (const bytes of opened.bytes) {
        if (this.#session.push(bytes) > 0) this.#take(findings);
        this.#progress(source.name);
        if (this.#cancelled) return;
      }
    } catch (error) {
      note(error instanceof Error ? error.message : String(error));
    } finally {
      // What was read of it, where it was not to its end, is not to come any more.
      this.#read = before + source.blob.size;
    }
  }

  #take(findings: Findings): void {
    for (const lines of this.#session.allAlerts()) findings.add(lines);
  }

  #progress(name: string, isLast = false): void {
    const now = performance.now();
    if (now - this.#told < EVERY && !isLast) return;
    this.#told = now;
    const { records, matches } = this.#session.counters();
    this.#tell({
      read: this.#read,
      total: this.#total,
      name,
      speed: this.#read / Math.max(this.#seconds(), 0.001),
      events: records,
      matched: matches,
    });
  }

  #seconds(): number {
    return (performance.now() - this.#begun) / 1000;
  }
}
