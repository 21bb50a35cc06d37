/** Rules with a session of them, for questions: opening a thousand rules takes a while. */

import type { Engine, Session } from "rule-web";

import type { Rules } from "./protocol";

export class Opened {
  readonly rules: Rules;
  #session: Session | undefined;

  constructor(rules: Rules) {
    this.rules = rules;
  }

  /** A session that is given no input, and opened when it is first asked for. */
  session(engine: Engine): Session {
    return (this.#session ??= engine.open({ ...this.rules }));
  }

  /** Gives the session's memory back. */
  close(): void {
    this.#session?.close();
    this.#session = undefined;
  }
}
