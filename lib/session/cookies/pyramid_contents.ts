/**
 * What Pyramid's cookies hold, and its CSRF tokens.
 *
 * @module
 */

import { timingSafeEqual } from "jsr:@std/crypto@^1.0.0/timing-safe-equal";
import type { SessionPolicy } from "../../../session.ts";
import { platformRandomBytes, type RandomBytes } from "../crypto/bytes.ts";
import { checkJson } from "../formats/json.ts";
import {
  type PyramidCookie,
  PyramidPayload,
  refuseReservedKey,
} from "../formats/pyramid_payload.ts";
import type { CookieContents } from "./assembly.ts";

/**
 * What is written as Pyramid writes it.
 *
 * @param cookie What the payload knows of its cookie.
 * @param randomBytes Where tokens come from.
 */
export function pyramidContents(
  cookie: PyramidCookie,
  randomBytes: RandomBytes = platformRandomBytes,
): CookieContents {
  return { payload: new PyramidPayload(cookie), policy: pyramidPolicy(randomBytes) };
}

function pyramidPolicy(randomBytes: RandomBytes): Partial<SessionPolicy> {
  return {
    canRemember: false,
    check(value, path) {
      refuseReservedKey(path);
      checkJson(value, path);
    },
    makeToken: () => randomBytes(20).toHex(),
    maskToken: (token) => token,
    tokenMatches,
  };
}

function tokenMatches(token: string, presented: string): boolean {
  const encoder = new TextEncoder();
  const [expected, given] = [encoder.encode(token), encoder.encode(presented)];
  return expected.length === given.length && timingSafeEqual(expected, given);
}
