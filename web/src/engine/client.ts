/** The worker, from the page's side. */

import { type Signal, signal } from "@preact/signals";

import type { Answer, Call, Calls, Failed, Progress } from "./protocol";

/** A call that the engine refused. */
export class CallError extends Error {
  constructor(readonly failed: Failed) {
    super(failed.message);
  }
}

interface Waiting {
  resolve: (value: never) => void;
  reject: (error: Error) => void;
}

export class Client {
  readonly progress: Signal<Progress | undefined> = signal(undefined);
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;

  constructor() {
    this.#worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<Answer>) => this.#take(data);
    this.#worker.onerror = (event) => {
      const error = new CallError({
        message: `the engine stopped: ${event.message || "reload the page"}`,
      });
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    };
  }

  ask<C extends Call>(call: C, value: Calls[C]["takes"]): Promise<Calls[C]["gives"]> {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: never) => void, reject });
      this.#worker.postMessage({ id, call, value });
    });
  }

  #take(answer: Answer): void {
    if ("progress" in answer) {
      this.progress.value = answer.progress;
      return;
    }
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ("failed" in answer) waiting?.reject(new CallError(answer.failed));
    else waiting?.resolve(answer.value as never);
  }
}
