/** `signedLinks()`: for one purpose and one path, for a time, and once. */

import { assert, assertEquals, assertRejects, assertThrows } from "jsr:@std/assert@^1.0.0";
import { ConfigurationError, Configurator, html, route, signedCodec } from "@pyramidion/pyramidion";
import {
  InvalidLink,
  type LinkOptions,
  signedLinks,
  type SignedLinksOptions,
} from "@pyramidion/pyramidion/authentication";
import type { SessionStore } from "@pyramidion/pyramidion/stores";
import { memoryStore } from "@pyramidion/pyramidion/stores/memory";
import { dummyRequest, settableClock } from "@pyramidion/pyramidion/testing";
import { OLD_SECRET } from "../session/factory_app.ts";
import { recordingLogger, SAMPLE_SECRET as SECRET } from "../sample_app.ts";

const reset = route("reset", "/reset"), file = route("file", "/files/:name");
const PURPOSE = { purpose: "reset" };
const at = (path: string) => dummyRequest({ url: `https://app.test${path}` });

function linksAt(
  options: SignedLinksOptions = {},
  secrets: Parameters<typeof signedLinks>[0] = SECRET,
) {
  const clock = settableClock(1_000_000);
  const links = signedLinks(secrets, { clock, ...options });
  const make = (given: Partial<LinkOptions> = {}) =>
    links.path(reset, {}, { purpose: "reset", maxAge: 60, subject: "ada", ...given });
  return { clock, links, make };
}

Deno.test("verify() accepts a link until its last millisecond", async () => {
  const { clock, links, make } = linksAt();
  const path = await make();
  clock.travel(60);
  assertEquals(await links.verify(at(path), PURPOSE), { subject: "ada", expires: 1_060_000 });
  clock.travel(0.001);
  await assertRejects(() => links.verify(at(path), PURPOSE), InvalidLink);
});

Deno.test("verify() refuses what was not made for this purpose, path and secret", async (t) => {
  const { links, make } = linksAt();
  const path = await make();
  const token = new URL(path, "https://app.test").searchParams.get("token") ?? "";
  const forged = await signedCodec(SECRET, { cookieName: "link" }).encode(
    new TextEncoder().encode(JSON.stringify(["reset", "/reset", 9e15, "root", null, null])),
  );
  const other = await linksAt({}, OLD_SECRET).make();
  const rows: Record<string, string> = {
    "no token": "/reset",
    "an empty token": "/reset?token=",
    "another path": `/other?token=${token}`,
    "a longer path": `/reset/x?token=${token}`,
    "a slash more": `/reset/?token=${token}`,
    "another case": `/Reset?token=${token}`,
    "a letter more": `/reset?token=${token}A`,
    "a letter less": `/reset?token=${token.slice(0, -1)}`,
    "padding": `/reset?token=${token}=`,
    "a flipped letter": `/reset?token=${token.slice(0, 20)}${token[20] === "A" ? "B" : "A"}${
      token.slice(21)
    }`,
    "white space": `/reset?token=%20${token}`,
    "another token first": `/reset?token=x&token=${token}`,
    "another parameter": `/reset?Token=${token}`,
    "a session's cookie": `/reset?token=${forged}`,
    "another secret": other,
    "100,000 characters": `/reset?token=${"A".repeat(100_000)}`,
    "a NUL": "/reset?token=%00",
    "bytes that are no UTF-8": "/reset?token=%ff",
  };
  for (const [name, url] of Object.entries(rows)) {
    await t.step(name, async () => {
      await assertRejects(() => links.verify(at(url), PURPOSE), InvalidLink);
    });
  }
  await assertRejects(() => links.verify(at(path), { purpose: "verify-email" }), InvalidLink);
  assertEquals((await links.verify(at(`${path}&utm_source=mail`), PURPOSE)).subject, "ada");
});

Deno.test("path() binds the values of the route", async () => {
  const { links } = linksAt();
  const options = { purpose: "reset", maxAge: 60 };
  const path = await links.path(file, { name: "a b/é" }, options);
  assertEquals((await links.verify(at(path), PURPOSE)).subject, "");
  await assertRejects(() => links.verify(at(path.replace("a%20b", "c")), PURPOSE), InvalidLink);
});

Deno.test("an older secret verifies links until it is removed", async () => {
  const path = await linksAt({}, OLD_SECRET).make();
  assertEquals(
    (await linksAt({}, [SECRET, OLD_SECRET]).links.verify(at(path), PURPOSE)).subject,
    "ada",
  );
  await assertRejects(() => linksAt().links.verify(at(path), PURPOSE), InvalidLink);
});

Deno.test("a stamp ends the link when it changes, and does not stand in the link", async () => {
  const { links, make } = linksAt();
  const path = await make({ stamp: "hash of a password" });
  const token = new URL(path, "https://app.test").searchParams.get("token") ?? "";
  const text = new TextDecoder().decode(Uint8Array.fromBase64(token, { alphabet: "base64url" }));
  assert(text.includes("ada") && !text.includes("hash of"));
  const by = (stamp: string | null) =>
    links.verify(at(path), { ...PURPOSE, stampOf: (id) => id === "ada" ? stamp : "x" });
  assertEquals((await by("hash of a password")).subject, "ada");
  for (const stamp of ["hash of another", "", null]) {
    await assertRejects(() => by(stamp), InvalidLink);
  }
  await assertRejects(() => links.verify(at(path), PURPOSE), TypeError, "with stampOf");
  const undecided = links.verify(at(path), { ...PURPOSE, stampOf: () => undefined as never });
  await assertRejects(() => undecided, TypeError, "what stampOf() returned");
  // A link without a stamp is none where one is wanted.
  const bare = await make();
  await assertRejects(
    () => links.verify(at(bare), { ...PURPOSE, stampOf: () => "" }),
    InvalidLink,
  );
});

Deno.test("once: use() takes the link, also of two at the same time; verify() does not", async () => {
  const { clock, links, make } = linksAt({ store: memoryStore() });
  const path = await make({ once: true });
  await links.verify(at(path), PURPOSE);
  await links.verify(at(path), PURPOSE);
  const uses = await Promise.allSettled([1, 2, 3].map(() => links.use(at(path), PURPOSE)));
  assertEquals(uses.map(({ status }) => status).sort(), ["fulfilled", "rejected", "rejected"]);
  await assertRejects(() => links.verify(at(path), PURPOSE), InvalidLink);
  // The record of the use lasts as long as the link.
  clock.travel(60);
  await assertRejects(() => links.use(at(path), PURPOSE), InvalidLink);
  const other = await make({ once: true });
  assertEquals((await links.use(at(other), PURPOSE)).subject, "ada");
  const many = await make();
  for (let i = 0; i < 2; i++) assertEquals((await links.use(at(many), PURPOSE)).subject, "ada");
});

Deno.test("once without a store is refused, when it is made and when it is checked", async () => {
  const path = await linksAt({ store: memoryStore() }).make({ once: true });
  const { links, make } = linksAt();
  await assertRejects(() => make({ once: true }), ConfigurationError);
  await assertRejects(() => links.use(at(path), PURPOSE), ConfigurationError);
});

Deno.test("a page with a link is kept from caches and other sites, and a broken store is a 503", async () => {
  const down = (): Promise<never> => Promise.reject(new Error("no connection"));
  const store: SessionStore = {
    ...memoryStore(),
    load: down,
    create: down,
    update: down,
  } as SessionStore;
  const { links, make } = linksAt({ store });
  const logger = recordingLogger();
  const app = new Configurator({ logger }).addRoute(reset).addView(async (request) => {
    await links.verify(request, PURPOSE);
    return html`a form`;
  }, { route: reset }).makeApp();
  const ask = async (path: string) => {
    const { headers, status } = await app.fetch(new Request(`https://app.test${path}`));
    return [status, headers.get("referrer-policy"), headers.get("cache-control")];
  };
  assertEquals(await ask(await make()), [200, "same-origin", "no-store"]);
  assertEquals(await ask("/reset"), [410, "same-origin", "no-store"]);
  assertEquals((await ask(await make({ once: true })))[0], 503);
  assertEquals(logger.errors.length, 1);
});

Deno.test("url() stands behind origin and mount prefix, and such a link is valid", async () => {
  const { links } = linksAt();
  let made = "";
  const app = new Configurator({ publicOrigin: "https://shop.test/a" })
    .addRoute("make", "/make").addView(async (request) => {
      made = await links.url(request, reset, {}, { purpose: "reset", maxAge: 60 });
      return html`sent`;
    }, { routeName: "make" })
    .addRoute(reset).addView(async (request) => {
      await links.verify(request, PURPOSE);
      return html`valid`;
    }, { route: reset }).makeApp();
  await app.fetch(new Request("http://evil.test/make", { headers: { host: "evil.test" } }));
  assert(made.startsWith("https://shop.test/a/reset?token="), made);
  const asked = new Request(made.replace("https://shop.test/a", "http://localhost:8000"));
  assertEquals((await app.fetch(asked)).status, 200);
});

Deno.test("path() and signedLinks() refuse what is out of bounds", async (t) => {
  const { make } = linksAt();
  const rows: Record<
    string,
    [options: Partial<Record<keyof LinkOptions, unknown>>, kind: typeof Error]
  > = {
    "no purpose": [{ purpose: "" }, TypeError],
    "no time": [{ maxAge: 0 }, RangeError],
    "NaN": [{ maxAge: NaN }, RangeError],
    "31 days": [{ maxAge: 31 * 86_400 }, RangeError],
    "a number as subject": [{ subject: 7 }, TypeError],
    "a long subject": [{ subject: "a".repeat(257) }, RangeError],
    "once as text": [{ once: "yes" }, TypeError],
    "an unknown option": [{ expires: 60 } as never, TypeError],
    "a purpose too long for a URL": [{ purpose: "p".repeat(2_000) }, RangeError],
  };
  for (const [name, [options, kind]] of Object.entries(rows)) {
    await t.step(name, async () => {
      await assertRejects(() => make(options as never), kind);
    });
  }
  assertThrows(() => signedLinks("short"), RangeError);
  assertThrows(() => signedLinks(SECRET, { param: "" }), ConfigurationError);
  assertThrows(() => signedLinks(SECRET, { store: {} as never }), ConfigurationError);
});

Deno.test("a link of the first release stays readable", async () => {
  const clock = settableClock(Date.UTC(2026, 0, 1));
  const links = signedLinks("tests: 4kQ9wZ2mX7vB1nL6cR8pT3yH5jD0sF", { clock });
  const path =
    "/reset?token=BACD5cZMWyJyZXNldCIsIi9yZXNldCIsMTc2NzIyNTY2MDAwMCwiYWRhIiwidk9TNUEzVG" +
    "hWbDdRcnRnT0prWDBxdyIsbnVsbF0RsidWjL_7fssulMN9fEvaC6aRlgqfWlYwNzxlQjRRlA";
  const verified = await links.verify(at(path), { ...PURPOSE, stampOf: () => "s" });
  assertEquals(verified, { subject: "ada", expires: Date.UTC(2026, 0, 1) + 60_000 });
  const options = { purpose: "reset", maxAge: 60, subject: "ada", stamp: "s" };
  assertEquals(await links.path(reset, {}, options), path);
});
