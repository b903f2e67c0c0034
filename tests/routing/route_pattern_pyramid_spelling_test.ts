import { assert, assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { ConfigurationError } from "../../lib/configuration_error.ts";
import { differenceFromPyramid, withoutPyramidSpelling } from "../../lib/routing/route_pattern.ts";
import { route } from "../../lib/configurator/route_statement.ts";
import { RouteTable } from "../../lib/routing/route_table.ts";
import oracle from "../data/pyramid_http.json" with { type: "json" };
import { Random } from "../random.ts";

/** What a pattern reads from a path; `null`: it does not match. */
function read(pattern: string, path: string): Record<string, unknown> | null {
  const table = new RouteTable<null>();
  table.add(route("hint", pattern), null);
  const match = table.match(`http://a${path}`);
  return match === null ? null : { ...match.matchdict };
}

Deno.test("withoutPyramidSpelling() gives a pattern of the same meaning", async (t) => {
  const rows: Record<string, [pyramid: string, hint: string]> = {
    "a whole segment": ["/users/{id}/edit", "/users/:id/edit"],
    "before text: as much as it can": ["/{slug}-{id}", "/:slug([^/]+)-:id"],
    "before a letter": ["/{id}x", "/:id([^/]+)x"],
    "before another one": ["/{a}{b}", "/:a([^/]+):b"],
    "behind a colon": ["/{a}:{b}", "/:a([^/]+)\\::b"],
    "an expression": ["/{a:\\d+}-{b}", "/:a(\\d+)-:b"],
    "a remainder": ["/x/*rest", "/x/:rest(.*)"],
    "a remainder behind text": ["/x*rest", "/x:rest(.*)"],
  };
  for (const [name, [pyramid, hint]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(withoutPyramidSpelling(pyramid), hint));
  }
  await t.step("/{slug}-{id}, as Pyramid reads it", () => {
    assertEquals(read("/:slug([^/]+)-:id", "/a-b-7"), { slug: "a-b", id: "7" });
  });
});

Deno.test("withoutPyramidSpelling() leaves alone what URLPattern reads as it stands", async (t) => {
  const rows: Record<string, [pattern: string, path: string, read: Record<string, unknown>]> = {
    "braces that repeat": ["/{:dir/}*edit", "/a/b/edit", { dir: "a/b" }],
    "none of them": ["/{:dir/}*edit", "/edit", { dir: undefined }],
    "a name that repeats, and text": ["/:dir*rest", "/a/brest", { dir: "a/b" }],
    "an expression that repeats, and text": ["/(a)*rest", "/a/arest", { 0: "a/a" }],
  };
  for (const [name, [pattern, path, expected]] of Object.entries(rows)) {
    await t.step(name, () => {
      assertEquals(withoutPyramidSpelling(pattern), null);
      assertEquals(read(pattern, path), expected);
    });
  }
});

Deno.test("differenceFromPyramid() says where the hint still means something else", async (t) => {
  const sent = ': an expression matches the percent-encoded path, in which "é" is "%C3%A9"';
  const rows: Record<string, [pyramid: string, difference: string]> = {
    "nothing": ["/{a}-{b:\\d+}", ""],
    "a list": ["/x/*rest", ': request.segments("rest") returns the list that Pyramid gives'],
    "letters": ["/{a:\\w+}", sent],
    "a letter that is not ASCII": ["/{a:[é]+}", sent],
    "text that is not ASCII": ["/é/{a}", ""],
  };
  for (const [name, [pyramid, difference]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(differenceFromPyramid(pyramid), difference));
  }
  await t.step("in the message", () => {
    assertThrows(
      () => route("x", "/x/*rest"),
      ConfigurationError,
      'write "/x/:rest(.*)" instead: request.segments("rest") returns the list that Pyramid gives',
    );
  });
});

Deno.test("withoutPyramidSpelling(): the hints read what Pyramid reads", () => {
  let compared = 0;
  for (const { pattern, matches = [] } of oracle.route_match) {
    const hint = withoutPyramidSpelling(pattern);
    if (hint === null || !pattern.startsWith("/") || differenceFromPyramid(pattern).includes("é")) {
      continue;
    }
    for (const { path, matchdict } of matches) {
      // Others are about what WSGI decodes, and have tests of their own.
      if (!/^\/[\w/.-]*$/.test(path) || /\/\.\.?(?:\/|$)/.test(path)) continue;
      // Pyramid leaves out empty segments.
      const found = read(hint, path);
      const ours = found === null ? null : Object.fromEntries(
        Object.entries(found).map(([key, value]) => [
          key,
          pattern.endsWith(`*${key}`)
            ? String(value).split("/").filter((one) => one !== "")
            : value,
        ]),
      );
      assertEquals(
        ours,
        matchdict === null ? null : { ...matchdict },
        `${pattern}, ${hint}, ${path}`,
      );
      compared++;
    }
  }
  assert(compared > 20, `${compared}`);
});

Deno.test("withoutPyramidSpelling(): the hints match as Pyramid's expressions do", () => {
  const seed = 7_112_029;
  const random = new Random(seed);
  for (let round = 0; round < 400; round++) {
    let pyramid = "";
    for (let count = 1 + random.below(3); count > 0; count--) {
      pyramid += "/";
      for (let part = 1 + random.below(3); part > 0; part--) {
        pyramid += random.pick(["{*}", "{*}", "-", ".", "a"]);
      }
    }
    let name = 0;
    pyramid = pyramid.replaceAll("*", () => `n${name++}`);
    const hint = withoutPyramidSpelling(pyramid);
    // URLPattern leaves out dot segments of its own text.
    if (hint === null || /\/\.{1,2}(?:[{/]|$)/.test(pyramid)) continue;
    // As Pyramid compiles it.
    const expression = new RegExp(
      `^${pyramid.replaceAll(".", "\\.").replace(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`,
    );
    for (let path = 0; path < 10; path++) {
      const text = "/" + Array.from({ length: 6 }, () => random.pick([..."aab-./"])).join("");
      if (/\/\.{1,2}(?:\/|$)|^\/\//.test(text)) continue;
      const groups = expression.exec(text)?.groups;
      const expected = expression.test(text) ? { ...groups } : null;
      assertEquals(read(hint, text), expected, `seed ${seed}: ${pyramid}, ${hint}, ${text}`);
    }
  }
});
