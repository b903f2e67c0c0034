import {
  CANONICAL_PATH,
  isDotSegment,
  QUERY,
  RAW_PATH,
  RAW_QUERY,
  SAFE,
  SLASH,
} from "../../lib/routing/request_target.ts";
import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";

const ASCII = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));

Deno.test("RAW_PATH calls safe only what URL leaves as it is within a path", () => {
  for (const [code, character] of ASCII.entries()) {
    const { pathname } = new URL(`http://app.test/a${character}b`);
    if (RAW_PATH[code] === SAFE) assertEquals(pathname, `/a${character}b`, character);
    else assertEquals(RAW_PATH[code], { "/": SLASH, "?": QUERY }[character] ?? 0, character);
  }
  assert(RAW_PATH.filter((kind) => kind === SAFE).length > 62);
});

Deno.test("RAW_QUERY calls safe only what URL leaves as it is within a query", () => {
  for (const [code, character] of ASCII.entries()) {
    if (RAW_QUERY[code] !== SAFE) continue;
    const { search } = new URL(`http://app.test/?a${character}b`);
    assertEquals(search, `?a${character}b`, character);
  }
  assert(RAW_QUERY.filter((kind) => kind === SAFE).length > 62);
});

Deno.test("CANONICAL_PATH knows nothing but slashes", () => {
  for (const [code, character] of ASCII.entries()) {
    assertEquals(CANONICAL_PATH[code], character === "/" ? SLASH : SAFE);
  }
});

Deno.test("isDotSegment() is true for one dot and for two, and for nothing else", () => {
  const segments = { ".": true, "..": true, "...": false, "": false, ".a": false, "a.": false };
  for (const [segment, expected] of Object.entries(segments)) {
    assertEquals(isDotSegment(`/./${segment}/..`, 3, 3 + segment.length), expected, segment);
  }
});
