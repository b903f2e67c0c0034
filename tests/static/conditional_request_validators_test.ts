import { assertEquals, assertMatch, assertNotEquals } from "jsr:@std/assert@^1.0.0";
import { validatorsOf } from "../../lib/static/conditional_request.ts";

const time = "2026-01-02T03:04:05.678Z";
const info = { mtime: new Date(time), size: 1234 };

Deno.test("validatorsOf() makes a weak tag of size and time, and a date of whole seconds", async () => {
  const { etag, lastModified } = await validatorsOf(info);
  assertMatch(etag ?? "", /^W\/"4d2-[A-Za-z0-9+/]+"$/);
  assertEquals(lastModified, Date.parse("2026-01-02T03:04:05Z"));
});

Deno.test("validatorsOf() gives other tags to other versions", async (t) => {
  const { etag } = await validatorsOf(info);
  await t.step("the same version has the same", async () => {
    assertEquals((await validatorsOf({ mtime: new Date(time), size: 1234 })).etag, etag);
  });
  await t.step("another size", async () => {
    assertNotEquals((await validatorsOf({ ...info, size: 1235 })).etag, etag);
  });
  await t.step("a millisecond later", async () => {
    const mtime = new Date("2026-01-02T03:04:05.679Z");
    assertNotEquals((await validatorsOf({ ...info, mtime })).etag, etag);
  });
  await t.step("the same size and time in another coding", async () => {
    const coded = (await validatorsOf(info, "br")).etag;
    assertEquals(coded, etag?.replace(/"$/, '-br"'));
  });
});

Deno.test("validatorsOf() has none where the system tells no time", async () => {
  assertEquals(await validatorsOf({ mtime: null, size: 5 }), { etag: null, lastModified: null });
});

Deno.test("validatorsOf() does not tell a date of the future", async () => {
  const before = await validatorsOf(info, null, Date.parse("2026-01-02T03:04:04Z"));
  assertEquals(before.lastModified, null);
  assertNotEquals(before.etag, null);
  const then = await validatorsOf(info, null, Date.parse("2026-01-02T03:04:05Z"));
  assertEquals(then.lastModified, Date.parse("2026-01-02T03:04:05Z"));
});
