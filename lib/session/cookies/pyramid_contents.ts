/**
 * What Pyramid's cookies hold, and its CSRF tokens. Loaded with the first session of Pyramid's format.
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
 * What is written as Pyramid writes it.
 *
 * @param native What the native formats have, of which clock and comparing are the same.
 * @param cookie What the payload knows of its cookie.
 * @param randomBytes Where tokens come from.
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
