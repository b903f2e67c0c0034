/**
 * A value that a session cannot keep.
 *
 * @module
 */

/**
 * A value that JSON would lose or change in silence, named by the path to it.
 *
 * @example The path says where
 * ```ts
 * import { SessionValueError } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const error = new SessionValueError("cart.items[2].price", "a function");
 * assertEquals(error.message, "Cannot keep a value in the session: cart.items[2].price is a function");
 * ```
 */
export class SessionValueError extends TypeError {
  /** Always `"SessionValueError"`. */
  override name = "SessionValueError";
  /** Where it is, from the session's key down; empty: the value itself. */
  readonly path: string;
  /** What is there, such as `a function` or `an instance of Date`. */
  readonly found: string;

  /**
   * Makes the error.
   *
   * @param path Where it is, such as `cart.items[2].price`.
   * @param found What is there, after the word "is".
   * @param advice What to write instead; default nothing.
   */
  constructor(path: string, found: string, advice = "") {
    super(
      `Cannot keep a value in the session: ${path || "it"} is ${found}${advice && `: ${advice}`}`,
    );
    this.path = path;
    this.found = found;
  }
}
