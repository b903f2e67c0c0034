/**
 * `TestPage` and `TestForm`: what a visitor opens, clicks and sends.
 *
 * @module
 */

import { assert, assertEquals, assertRejects, assertThrows } from "jsr:@std/assert@^1.0.0";
import { TestClient } from "@pyramidion/pyramidion/testing";
import { Site } from "./form_site.ts";

Deno.test("TestForm.submit tells whose page the form is on, and sends cookies accordingly", async (t) => {
  const rows: Record<
    string,
    [
      page: string,
      target: string,
      told: [origin: string | null, site: string | null, referer: string | null],
      cookie: string | null,
    ]
  > = {
    "the same origin": [
      "https://app.test/in?a=1#b",
      "https://app.test/",
      ["https://app.test", "same-origin", "https://app.test/in?a=1"],
      "lax=1; strict=1; none=1",
    ],
    "the same site": [
      "https://www.app.test/in",
      "https://app.test/",
      ["https://www.app.test", "same-site", "https://www.app.test/"],
      "lax=1; strict=1; none=1",
    ],
    "another port": [
      "https://app.test:8443/in",
      "https://app.test/",
      ["https://app.test:8443", "same-site", "https://app.test:8443/"],
      "lax=1; strict=1; none=1",
    ],
    "another site": [
      "https://evil.test/in",
      "https://app.test/",
      ["https://evil.test", "cross-site", "https://evil.test/"],
      "none=1",
    ],
    "another scheme": [
      "http://app.test/in",
      "https://app.test/",
      ["http://app.test", "cross-site", "http://app.test/"],
      "none=1",
    ],
    "from TLS to plain http": [
      "https://app.test/in",
      "http://app.test/",
      ["null", null, null],
      null,
    ],
  };
  for (const [name, [from, target, told, cookie]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const site = new Site(
        `<form method=post action="${target}"></form><a href="${target}">Go</a>`,
      );
      for (const mode of ["Lax", "Strict", "None"]) {
        const set = `${mode.toLowerCase()}=1; Path=/; Secure; SameSite=${mode}`;
        site.client.jar.store(set, "https://app.test/");
      }
      const page = await site.client.open(from);
      await page.form().submit();
      const { headers } = site.last;
      const names = ["origin", "sec-fetch-site", "referer"];
      assertEquals(names.map((name) => headers.get(name)), told);
      assertEquals(headers.get("cookie"), cookie);
      // A link carries Lax cookies too, and no Origin.
      await page.click("Go");
      assertEquals(names.map((name) => site.last.headers.get(name)), [null, told[1], told[2]]);
      if (cookie !== null) assert(site.last.headers.get("cookie")?.includes("lax=1"));
    });
  }
});

Deno.test("TestForm.submit follows redirections, and takes headers and redirect: manual", async () => {
  const client = new TestClient({
    fetch: (request) =>
      request.method === "POST"
        ? new Response(null, { status: 303, headers: { location: "/done" } })
        : new Response(`<form method=post></form>${request.headers.get("x-a") ?? ""}`),
  });
  const page = await client.open("/form");
  const done = await page.form().submit({}, { headers: { "x-a": "b" } });
  assertEquals([done.status, done.url, done.text.slice(-1)], [200, "https://app.test/done", "b"]);
  const manual = await page.form().submit({}, { redirect: "manual" });
  assertEquals([manual.status, manual.headers.get("location")], [303, "/done"]);
});

Deno.test("TestPage.form finds a form by name, id or place, and says which there are", async () => {
  const site = new Site("<form name=a></form><form id=b></form><form>");
  const page = await site.client.open("/");
  assertEquals([page.form("a").name, page.form("b").id, page.form(2).name], ["a", "b", null]);
  assertEquals(page.forms.length, 3);
  const start = "of https://app.test/ (status 200): ";
  assertThrows(
    () => page.form("aa"),
    TypeError,
    `form "aa" ${start}its forms are "a", "b", "": did you mean "a"?`,
  );
  assertThrows(() => page.form(3), TypeError, `form 3 ${start}its forms are "a", "b", ""`);
  assertThrows(
    () => page.form(),
    TypeError,
    `the form ${start}there are several, "a", "b", "": name one of them`,
  );
  const empty = await new Site("").client.open("/");
  assertThrows(() => empty.form("a"), TypeError, `form "a" ${start}the page has no forms`);
});

Deno.test("TestPage.click follows a link by what it shows", async () => {
  const site = new Site(
    `<title>Home &amp; more</title><a href="next?a=1&amp;b=2#c"><b>Next</b>\n page</a><a href=mailto:a@b.test>Mail</a>`,
  );
  const page = await site.client.open("/in/");
  assertEquals([page.title, page.links.length], ["Home & more", 2]);
  assertEquals(page.link("Next page"), { text: "Next page", href: "next?a=1&b=2#c" });
  const next = await page.click("Next page");
  assertEquals([site.last.url, next.url], [
    "https://app.test/in/next?a=1&b=2",
    "https://app.test/in/next?a=1&b=2#c",
  ]);
  assertThrows(
    () => page.link("Nxt page"),
    TypeError,
    'its links are "Next page", "Mail": did you mean "Next page"?',
  );
  await assertRejects(() => page.click("Mail"), TypeError, "not an http or https URL");
});

Deno.test("TestPage.csrfToken reads a hidden field before the meta, under any name", async (t) => {
  const meta = "<meta name=csrf-token content=m>";
  const rows: Record<string, [html: string, field: string | undefined, token: string | null]> = {
    "a field": ["<form><input type=hidden name=csrf_token value=f>", undefined, "f"],
    "a field of the second form": [
      "<form></form><form><input type=hidden name=csrf_token value=f>",
      undefined,
      "f",
    ],
    "a field and the meta": [
      `${meta}<form><input type=hidden name=csrf_token value=f>`,
      undefined,
      "f",
    ],
    "the meta": [meta, undefined, "m"],
    "another name": ["<form><input type=hidden name=token value=f>", "token", "f"],
    "neither": ["<form><input name=csrf_token value=f>", undefined, null],
  };
  for (const [name, [html, field, token]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const page = await new Site(html).client.open("/");
      assertEquals(page.csrfToken(field), token);
    });
  }
});
