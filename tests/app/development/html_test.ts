/**
 * The development page as HTML.
 *
 * @module
 */

import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
import { bookApp, developedApp, HTML, readable } from "./developed_app.ts";

Deno.test("the development page allows its own styles by their hash, and has none elsewhere", async () => {
  const response = await bookApp().client.get("/books/7", HTML);
  const markup = await response.text();
  const [, style = ""] = /<style>(.*?)<\/style>/s.exec(markup) ?? [];
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style));
  const hash = `sha256-${new Uint8Array(digest).toBase64()}`;
  assertEquals(
    response.headers.get("content-security-policy"),
    `default-src 'none'; style-src '${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  );
  assert(!/ style=|<link|<img|url\(|@import/.test(markup));
});

Deno.test("the development page has its headings in order", async () => {
  const { client } = bookApp();
  for (const path of ["/books/7", "/shelf"]) {
    const markup = await (await client.get(path, HTML)).text();
    const levels = [...markup.matchAll(/<h([1-6])>/g)].map(([, level]) => Number(level));
    assertEquals(levels[0], 1);
    for (const [at, level] of levels.slice(1).entries()) {
      assert(level > 1 && level <= (levels[at] ?? 0) + 1, levels.join());
    }
  }
});

Deno.test("the development page escapes everything that a visitor or an error says", async (t) => {
  const evil = '<img src=x onerror="alert(1)">\u0007';
  class Named extends Error {
    override name = evil;
  }
  const { app } = developedApp({
    "/:what": async (request) => {
      (await request.session).set("user", "x").flash("x", evil);
      throw new Named(`${evil}\n${request.matchdict.what}`, { cause: evil });
    },
  });
  for (const accept of ["text/html", "text/plain"]) {
    await t.step(accept, async () => {
      const request = new Request(`https://app.test/${encodeURIComponent(evil)}?${evil}`, {
        headers: { accept, "x-evil": evil.replace("\u0007", ""), cookie: `${evil.slice(0, 4)}=1` },
      });
      const page = await (await app.fetch(request)).text();
      if (accept === "text/html") assert(!page.includes("<img"), /.*<img.*/.exec(page)?.[0]);
      else assert(!page.includes("\u0007"));
      assert(readable(page).includes("onerror="));
    });
  }
});
