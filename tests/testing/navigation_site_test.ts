/**
 * `fetchSite`: how two addresses stand to each other.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { type FetchSite, fetchSite } from "../../lib/testing/navigation.ts";

const rows: Record<string, [page: string, target: string, site: FetchSite]> = {
  "one address": ["https://a.test/x", "https://a.test/y", "same-origin"],
  "the default port": ["https://a.test:443", "https://a.test", "same-origin"],
  "another port": ["https://a.test:444", "https://a.test", "same-site"],
  "below": ["https://www.a.test", "https://a.test", "same-site"],
  "beside": ["https://b.a.test", "https://c.a.test", "same-site"],
  "another scheme": ["http://a.test", "https://a.test", "cross-site"],
  "another name": ["https://a.test", "https://b.test", "cross-site"],
  "the end of a name": ["https://ba.test", "https://a.test", "cross-site"],
  "one label": ["http://localhost:1", "http://localhost:2", "same-site"],
  "IPv4 addresses that end alike": ["http://10.0.0.1", "http://10.1.0.1", "cross-site"],
  "one IPv6 address": ["http://[::1]:1", "http://[::1]:2", "same-site"],
};

Deno.test("fetchSite tells origin and site apart", async (t) => {
  for (const [name, [page, target, site]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(fetchSite(new URL(page), new URL(target)), site));
  }
});
