/** A place in a search. */
export interface Place {
  /** The line, from 1. */
  line: number;
  /** The column, from 1, in characters. */
  column: number;
  /** Bytes of UTF-8 from the start of the search. */
  offset: number;
  /** Its length in bytes. */
  length: number;
  /** The macro whose definition holds the place. */
  macro?: string;
}

/**
 * The engine refused a call. The session is as it was before.
 *
 * What else can happen is the engine's `WebAssembly.RuntimeError`, after which nothing
 * of the module is of use any more.
 */
export class RuleError extends Error {
  override readonly name = "RuleError";
  /** Which error it is, such as `unknown_key`; ABI.md lists them. */
  readonly code: string;
  /** The command, function, option, feature or macro that cannot run. */
  readonly what: string | undefined;
  /** The name of the detection. */
  readonly detection: string | undefined;
  /** Where in the text of its search. */
  readonly where: Place | undefined;
  /** The line of the search with the place marked. */
  readonly picture: string | undefined;
  /** All that the engine said, as JSON. */
  readonly json: string;

  constructor(json: string) {
    const error = JSON.parse(json);
    super(error.message);
    this.code = error.code;
    this.what = error.what;
    this.detection = error.detection;
    this.where = error.where;
    this.picture = error.picture;
    this.json = json;
  }
}
