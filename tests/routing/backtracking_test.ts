import {
  backtrackingLimit,
  isExponential,
  longestText,
  mayAsk,
} from "../../lib/routing/backtracking.ts";
import { parsePattern } from "../../lib/routing/pattern_parts.ts";
import { RoutePattern } from "../../lib/routing/route_pattern.ts";
import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";

Deno.test("isExponential() finds what URLPattern repeats, too", async (t) => {
  const rows: Record<string, boolean> = {
    "/:y(a|a)": false,
    "/:y(a|a)?": false,
    "/:y(a|a)+": true,
    "/:y(a|a)*": true,
    "/:y((?:a|a)*)": true,
    "/:y((?:a|a)*)?": true,
    "/:y(a+)": false,
    "/:y(a+)+": true,
    "/:y(ab)+": false,
    "/:y+": false,
    "/{x:y}+": true,
    "/{:y/}+": false,
    "/{x:y(a|b)/}*": true,
    "/{a|b}+": false,
    "/*": false,
    "/{*/}+": true,
  };
  for (const [pattern, expected] of Object.entries(rows)) {
    await t.step(pattern, () => {
      new URLPattern({ pathname: pattern });
      assertEquals((parsePattern(pattern) ?? []).some(isExponential), expected);
    });
  }
});

Deno.test("backtrackingLimit() depends on how many variable parts can be divided anew", () => {
  const limits: Record<string, [length: number, slashes: number | null]> = {
    "/:a/:b/:c": [Infinity, 3],
    "/:a.html": [Infinity, 1],
    "/:a?/b": [Infinity, null],
    "/:a+": [Infinity, null],
    "/:a+/:b+": [6_323, null],
    "/:a.:b": [6_323, 1],
    "/x/:a.:b/:c": [6_323, 3],
    // Each way to divide the first is tried with each way to divide the second.
    "/x/:a.:b/:c.:d": [491, 3],
    "/*/b/*": [Infinity, null],
    "/*/b/*/c": [6_323, null],
    "/:rest(.*)": [Infinity, null],
    "/:a.:b/*": [6_323, null],
    "/:a-:b-:c": [491, 1],
    "/:a-:b-:c-:d": [145, 1],
    "/:year(\\d{4})-:month(\\d{2})": [Infinity, null],
    "/:a(\\d+)/:b(\\w+)": [6_323, null],
    "/:file.:type(jpg|png|gif|webp)": [Infinity, null],
    "/:a(\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3})": [Infinity, null],
    "/:a?/:b?/:c?": [Infinity, null],
    "/:a{/:b}?:c": [4_470, null],
    "/{ab}*{ac}*{ad}*/x": [491, null],
    "/:a(x)+:b(y)+:c(z)+/x": [491, null],
    "/:a(x*x*y{500})": [400, null],
    "/users{/}?": [Infinity, null],
  };
  for (const [pattern, [length, slashes]] of Object.entries(limits)) {
    const limit = backtrackingLimit(parsePattern(pattern) ?? []);
    assertEquals(limit, { length, slashes }, pattern);
  }
});

Deno.test("longestText() is what can be divided in 20 million steps, whatever is in the way", () => {
  const of = (unbounded: number, bounded: number[] = [], size = 1) =>
    longestText({ unbounded, bounded, size });
  assertEquals([of(0), of(1), of(2), of(3), of(4)], [Infinity, Infinity, 6_323, 491, 145]);
  assertEquals(of(0, Array<number>(24).fill(2)), Infinity);
  assertEquals(of(0, Array<number>(25).fill(2)), 0);
  assertEquals(of(0, [1_001, 1_001, 1_001]), 270);
  assertEquals(of(1_000), 2);
});

Deno.test("mayAsk() lets a long path pass whose segments are short, and none that has others", () => {
  const limit = { length: 20, slashes: 3 };
  assertEquals(mayAsk(limit, "/a/b"), "yes");
  assertEquals(mayAsk(limit, "/aaaaaaaaaa/bbbbbbbbbb/c"), "yes");
  assertEquals(mayAsk(limit, "/aaaaaaaaaa/bbbbbbbbbb"), "differs");
  assertEquals(mayAsk(limit, `/${"a".repeat(21)}/b/c`), "too long");
  assertEquals(mayAsk({ length: 20, slashes: null }, "/aaaaaaaaaa/bbbbbbbbbb"), "too long");
});

Deno.test("the longest path that a pattern is asked about is decided fast", async (t) => {
  const hostile: Record<string, (length: number) => string> = {
    "/x/:a.:b/:c.:d/end": (n) => `/x/${".".repeat(n)}/${".".repeat(n)}/enx`,
    "/:a.:b/end": (n) => `/${".".repeat(n)}/enx`,
    "/:a.:b.:c/end": (n) => `/${".".repeat(n)}/enx`,
    "/:a.:b.:c.:d/end": (n) => `/${".".repeat(n)}/enx`,
    "/:x(a*a*a{500})b": (n) => `/${"a".repeat(n - 1)}`,
    "/*/b/*/c": (n) => "/b".repeat(n / 2),
    "/{aa}*{aa}*{aa}*/x": (n) => `/${"a".repeat(n - 1)}`,
    "/:x(a|aa)/:y(.*)b": (n) => "/a".repeat(n / 2),
    "/:a?/:b?/:c?/:d?/x": (n) => "/a".repeat(n / 2),
  };
  for (const [source, make] of Object.entries(hostile)) {
    await t.step(source, () => {
      const pattern = new RoutePattern("x", source);
      const path = make(Math.min(pattern.limit.length, 65_536));
      const start = performance.now();
      assertEquals(pattern.exec(path), null);
      const took = performance.now() - start;
      // 0.4 s at worst on an idle machine; the first took 3.5 s when segments were counted alone.
      assert(took < 3_000, `${took} ms for ${path.length} characters`);
    });
  }
});
