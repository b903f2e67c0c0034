/**
 * Addresses of the internet.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { ipAddress, isLoopbackAddress, isLoopbackHost } from "../../lib/http/ip_address.ts";

Deno.test("ipAddress() writes an address in one way, without its port", async (t) => {
  const rows: Record<string, [text: string, address: string | undefined]> = {
    "IPv4": ["192.0.2.1", "192.0.2.1"],
    "IPv4 and a port": ["192.0.2.1:4711", "192.0.2.1"],
    "IPv6": ["2001:DB8:0:0::1", "2001:db8::1"],
    "IPv6 in brackets": ["[2001:db8::1]", "2001:db8::1"],
    "IPv6 in brackets and a port": ["[2001:db8::1]:4711", "2001:db8::1"],
    "IPv6 that ends as a port does": ["2001:db8::4711", "2001:db8::4711"],
    "IPv6 with a zone": ["fe80::1%eth0", "fe80::1"],
    "IPv4 as IPv6": ["::ffff:127.0.0.1", "127.0.0.1"],
    "IPv4 as IPv6, by hexadecimal": ["[::FFFF:c000:201]:80", "192.0.2.1"],
    "IPv6 that ends with IPv4": ["64:ff9b::192.0.2.1", "64:ff9b::c000:201"],
    "unknown": ["unknown", undefined],
    "hidden": ["_hidden", undefined],
    "a name": ["app.test", undefined],
    "nothing": ["", undefined],
    "IPv4 in brackets": ["[192.0.2.1]", undefined],
    "IPv4 beyond its range": ["192.0.2.256", undefined],
    "IPv4 by octal": ["192.0.2.01", undefined],
    "IPv4 with a part too many": ["192.0.2.1.1", undefined],
    "a number": ["3221225985", undefined],
    "a port that is none": ["192.0.2.1:x", undefined],
    "IPv6 with a bracket alone": ["[2001:db8::1", undefined],
    "a URL's end": ["::1]/x[", undefined],
    "text behind": ["192.0.2.1 evil", undefined],
  };
  for (const [name, [text, address]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(ipAddress(text), address));
  }
});

Deno.test("isLoopbackAddress() and isLoopbackHost() know this machine", () => {
  assertEquals(["127.0.0.1", "127.9.9.9", "::1"].map(isLoopbackAddress), [true, true, true]);
  assertEquals(["128.0.0.1", "::2", "10.0.0.1"].map(isLoopbackAddress), [false, false, false]);
  assertEquals(["localhost", "a.localhost", "127.0.0.1", "[::1]"].filter(isLoopbackHost).length, 4);
  assertEquals(["localhost.test", "127.0.0.1.test", "xlocalhost"].filter(isLoopbackHost), []);
});
