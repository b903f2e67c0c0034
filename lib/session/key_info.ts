/**
 * What a key is for, spelt out: the format, the use and the cookie's name.
 *
 * @module
 */

import { TOKEN } from "../http/token.ts";

/** The prefixes of RFC 6265bis, section 4.1.3, and its later drafts; they are compared without case. */
const PREFIX = /^__(?:secure|host|http|host-http)-/i;

/**
 * The HKDF info of a key that signs or seals one cookie for one use.
 *
 * @param format `"1/signed"` or `"2/sealed"`.
 * @param use `"session"` for a whole session, `"stored"` for the id of one.
 * @param cookieName Without prefix, since the prefix may differ between development and the Web.
 * @throws {TypeError} If the name is not a cookie's name, or has a prefix.
 * @internal
 */
export function keyInfo(
  format: "1/signed" | "2/sealed",
  use: "session" | "stored",
  cookieName: string,
): string {
  if (!TOKEN.test(cookieName)) {
    throw new TypeError(
      `Cannot bind a codec to the cookie name ${JSON.stringify(cookieName)}: ` +
        "a cookie's name is made of letters, digits and !#$%&'*+-.^_`|~",
    );
  }
  if (PREFIX.test(cookieName)) {
    throw new TypeError(
      `Cannot bind a codec to the cookie name "${cookieName}": ` +
        `the prefix is written where it is due: write "${cookieName.replace(PREFIX, "")}"`,
    );
  }
  return `pyramidion/${format}/${use}/${cookieName}`;
}
