import { CANONICAL_PATH, RAW_PATH } from "../../lib/routing/request_target.ts";
import { plainPattern } from "../../lib/routing/pattern_parts.ts";
import { RouteIndex } from "../../lib/routing/route_index.ts";
import { assertEquals } from "jsr:@std/assert@^1.0.0";

/** An index of patterns in their order; each is found as its text. */
function indexOf(...patterns: string[]): RouteIndex<{ order: number; pattern: string }> {
  const index = new RouteIndex<{ order: number; pattern: string }>();
  for (const [order, pattern] of patterns.entries()) {
    const plain = plainPattern(pattern);
    if (plain === null) throw new TypeError(`"${pattern}" is not plain`);
    index.add(plain, { order, pattern });
  }
  return index;
}

Deno.test("RouteIndex.find() gives the pattern stated first, and those after it", () => {
  const index = indexOf("/a/:x", "/:y/b", "/a/b", "/*");
  const found = [];
  for (let after = -1;;) {
    const next = index.find("/a/b", 1, RAW_PATH, after);
    if (!next) break;
    found.push(next.pattern);
    after = next.order;
  }
  assertEquals(found, ["/a/:x", "/:y/b", "/a/b", "/*"]);
});

Deno.test("RouteIndex.find() reads a URL up to its query", () => {
  const index = indexOf("/a/:x", "/b");
  const from = "http://app.test/".length;
  assertEquals(index.find("http://app.test/a/1?x=/../%", from, RAW_PATH)?.pattern, "/a/:x");
  assertEquals(index.find("http://app.test/b?", from, RAW_PATH)?.pattern, "/b");
  assertEquals(index.find("http://app.test/?/b", from, RAW_PATH), undefined);
});

Deno.test("RouteIndex.find() tells where a text must be made canonical first", async (t) => {
  const index = indexOf("/a/:x", "/:y/b");
  const texts = ["/a/%31", "/a/é", "/a/..", "/./b", "/a b/b", "/a\\b", "/a/b#c", "/a/|"];
  for (const text of texts) {
    await t.step(text, () => assertEquals(index.find(text, 1, RAW_PATH), null));
  }
  await t.step("not where it only looks like it", () => {
    assertEquals(index.find("/a/.b", 1, RAW_PATH)?.pattern, "/a/:x");
    assertEquals(index.find("/a/...", 1, RAW_PATH)?.pattern, "/a/:x");
  });
  await t.step("not where it is canonical", () => {
    assertEquals(index.find("/a/%31", 1, CANONICAL_PATH)?.pattern, "/a/:x");
  });
});
