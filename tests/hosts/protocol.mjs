// @ts-check
/**
 * Answers what tests/src/host/child.rs asks, over a host in JavaScript.
 *
 * @module
 */

/**
 * What a session of a host does; bytes in, bytes or numbers out. An error of the engine
 * has its JSON in `json`, as text or bytes.
 *
 * @typedef {Record<string, (bytes?: any) => number | Uint8Array | void>} Session
 */

/**
 * @param {Session} session
 * @param {string} verb
 * @param {Buffer} bytes
 * @returns {number | Uint8Array | void}
 */
function answer(session, verb, bytes) {
  switch (verb) {
    case "input":
    case "push":
    case "restore":
    case "merge":
    case "explain":
      return session[verb](bytes);
    case "advance":
      return session.advance(BigInt(bytes.toString()));
    case "finish":
    case "alerts":
    case "counters":
    case "describe":
    case "snapshot":
      return session[verb]();
    default:
      throw new Error(verb);
  }
}

/**
 * @param {string} kind
 * @param {number | string | Uint8Array | void} given
 */
function write(kind, given) {
  const bytes = given instanceof Uint8Array ? given : Buffer.from(String(given ?? ""));
  process.stdout.write(Buffer.concat([Buffer.from(`${kind} ${bytes.length}\n`), bytes]));
}

/** The requests of standard input: a verb and its bytes. */
async function* requests() {
  let held = Buffer.alloc(0);
  /** @type {{ verb: string, length: number } | undefined} */
  let head;
  for await (const chunk of process.stdin) {
    held = Buffer.concat([held, chunk]);
    for (;;) {
      if (head === undefined) {
        const end = held.indexOf("\n");
        if (end < 0) break;
        const [verb, length] = held.toString("utf8", 0, end).split(" ");
        head = { verb, length: Number(length) };
        held = held.subarray(end + 1);
      }
      if (held.length < head.length) break;
      yield { verb: head.verb, bytes: held.subarray(0, head.length) };
      held = held.subarray(head.length);
      head = undefined;
    }
  }
}

/**
 * Answers until standard input ends. `open` opens a session in place of the one before.
 *
 * @param {(config: Uint8Array) => Session} open
 * @param {new (...values: any[]) => Error & { json: string | Uint8Array }} RuleError
 */
export async function serve(open, RuleError) {
  /** @type {Session | undefined} */
  let session;
  for await (const { verb, bytes } of requests()) {
    try {
      if (verb === "open") {
        session = open(bytes);
        write("ok", undefined);
      } else {
        write("ok", answer(/** @type {Session} */ (session), verb, bytes));
      }
    } catch (error) {
      if (!(error instanceof RuleError)) throw error;
      write("refused", error.json);
    }
  }
}
