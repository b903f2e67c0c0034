/**
 * Makes the contents of Pyramid's cookies, and its CSRF tokens. The first session of Pyramid's
 * format imports this module.
 *
 * @module
 */

import { timingSafeEqual } from "jsr:@std/crypto@^1.0.0/timing-safe-equal";
import { checkJson } from "../formats/json.ts";
import {
  type PyramidCookie,
  PyramidPayload,
  refuseReservedKey,
} from "../formats/pyramid_payload.ts";
import { platformRandomBytes, type RandomBytes } from "../crypto/bytes.ts";
import type { SessionContents } from "../options.ts";

/**
 * Makes the contents of sessions as Pyramid writes them.
 *
 * @param native The contents of the native formats, which have the same clock and comparison.
 * @param cookie The name of the cookie, and the length of its text.
 * @param randomBytes Gives the random bytes of tokens.
 */
export function pyramidContents(
  native: SessionContents,
  cookie: PyramidCookie,
  randomBytes: RandomBytes = platformRandomBytes,
): SessionContents {
  return {
    payload: new PyramidPayload(cookie),
    policy: {
      ...native.policy,
      canRemember: false,
      check(value, path) {
        refuseReservedKey(path);
        checkJson(value, path);
      },
      makeToken: () => randomBytes(20).toHex(),
      maskToken: (token) => token,
      tokenMatches,
    },
  };
}

function tokenMatches(token: string, presented: string): boolean {
  const encoder = new TextEncoder();
  const [expected, given] = [encoder.encode(token), encoder.encode(presented)];
  return expected.length === given.length && timingSafeEqual(expected, given);
}
