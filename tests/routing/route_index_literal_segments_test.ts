import { EMPTY_HASH, hashOf, hashOn, LiteralSegments } from "../../lib/routing/route_index.ts";
import { assertEquals, assertStrictEquals } from "jsr:@std/assert@^1.0.0";

/** Looks a segment up where it stands among others. */
function find(
  segments: LiteralSegments<{ readonly label: string }>,
  label: string,
): { readonly label: string } | undefined {
  const text = `/before/${label}/behind`;
  return segments.get(hashOf(label), text, 8, 8 + label.length);
}

Deno.test("hashOf() is hashOn() of one character after the other", () => {
  assertEquals(hashOf(""), EMPTY_HASH);
  assertEquals(hashOf("ab"), hashOn(hashOn(EMPTY_HASH, 97), 98));
});

Deno.test("LiteralSegments finds each segment within a text, and nothing else", () => {
  const segments = new LiteralSegments<{ readonly label: string }>();
  assertEquals(find(segments, "a"), undefined);
  const added = Array.from({ length: 3000 }, (_, at) => ({ label: at === 0 ? "" : `s${at}` }));
  for (const one of added) segments.add(one);
  for (const one of added) assertStrictEquals(find(segments, one.label), one);
  for (const missing of ["s", "s3000", "s01", "t1", "s1 "]) {
    assertEquals(find(segments, missing), undefined, missing);
  }
});

Deno.test("LiteralSegments tells segments of one hash apart", () => {
  const byHash = new Map<number, string>();
  const pairs: [string, string][] = [];
  // Of 200,000 there are about five pairs.
  for (let at = 0; at < 200_000 && pairs.length < 2; at++) {
    const label = (at * 7919).toString(36) + (at * 104_729 % 1_000_003).toString(36);
    const other = byHash.get(hashOf(label));
    if (other !== undefined) pairs.push([other, label]);
    byHash.set(hashOf(label), label);
  }
  assertEquals(pairs.length > 0, true);
  for (const [one, other] of pairs) {
    const segments = new LiteralSegments<{ readonly label: string }>();
    segments.add({ label: one });
    assertEquals(find(segments, other), undefined);
    segments.add({ label: other });
    assertEquals([find(segments, one)?.label, find(segments, other)?.label], [one, other]);
  }
});
