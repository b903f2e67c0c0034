/**
 * What `tools/std/` declares is what the standard library declares: `deno check` is the test.
 *
 * Each name of ours must be there, with the same type. The library compiles against ours only, so
 * that every name it uses is among them. The other side is in `tests/data/std_signatures/`.
 *
 * @module
 */

import type * as realAssert from "../data/std_signatures/assert/mod.d.ts";
import type * as realTimingSafeEqual from "../data/std_signatures/crypto/timing_safe_equal.d.ts";
import type * as realHtml from "../data/std_signatures/html/mod.d.ts";
import type * as realEtag from "../data/std_signatures/http/etag.d.ts";
import type * as realNegotiation from "../data/std_signatures/http/negotiation.d.ts";
import type * as realStatus from "../data/std_signatures/http/status.d.ts";
import type * as realContentType from "../data/std_signatures/media-types/content_type.d.ts";
import type * as ourAssert from "../../tools/std/assert/mod.d.ts";
import type * as ourTimingSafeEqual from "../../tools/std/crypto/timing_safe_equal.d.ts";
import type * as ourHtml from "../../tools/std/html/mod.d.ts";
import type * as ourEtag from "../../tools/std/http/etag.d.ts";
import type * as ourNegotiation from "../../tools/std/http/negotiation.d.ts";
import type * as ourStatus from "../../tools/std/http/status.d.ts";
import type * as ourContentType from "../../tools/std/media-types/content_type.d.ts";
import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
import { missingPermission, testUnless } from "../requirements.ts";

interface Ours {
  "assert/mod.d.ts": typeof ourAssert;
  "crypto/timing_safe_equal.d.ts": typeof ourTimingSafeEqual;
  "html/mod.d.ts": typeof ourHtml;
  "http/etag.d.ts": typeof ourEtag;
  "http/negotiation.d.ts": typeof ourNegotiation;
  "http/status.d.ts": typeof ourStatus;
  "media-types/content_type.d.ts": typeof ourContentType;
}

interface Real {
  "assert/mod.d.ts": Pick<typeof realAssert, keyof typeof ourAssert>;
  "crypto/timing_safe_equal.d.ts": Pick<
    typeof realTimingSafeEqual,
    keyof typeof ourTimingSafeEqual
  >;
  "html/mod.d.ts": Pick<typeof realHtml, keyof typeof ourHtml>;
  "http/etag.d.ts": Pick<typeof realEtag, keyof typeof ourEtag>;
  "http/negotiation.d.ts": Pick<typeof realNegotiation, keyof typeof ourNegotiation>;
  "http/status.d.ts": Pick<typeof realStatus, keyof typeof ourStatus>;
  "media-types/content_type.d.ts": Pick<typeof realContentType, keyof typeof ourContentType>;
}

/** Never called: what is wrong is in the compiler's message, from either side. */
export function bothWays(ours: Ours, real: Real): [Real, Ours] {
  return [ours, real];
}

const COMPARED: (keyof Ours)[] = [
  "assert/mod.d.ts",
  "crypto/timing_safe_equal.d.ts",
  "html/mod.d.ts",
  "http/etag.d.ts",
  "http/negotiation.d.ts",
  "http/status.d.ts",
  "media-types/content_type.d.ts",
];

function declarations(folder: URL): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory
      ? declarations(new URL(`${name}/`, folder)).map((path) => `${name}/${path}`)
      : name.endsWith(".d.ts")
      ? [name]
      : []
  ).sort();
}

testUnless(
  missingPermission({ name: "read" }),
  "tools/std: every declaration is compared with the real one",
  () => {
    assert(bothWays);
    for (const folder of ["../../tools/std/", "../data/std_signatures/"]) {
      assertEquals<string[]>(declarations(new URL(folder, import.meta.url)), COMPARED, folder);
    }
  },
);
