/**
 * The URLs of servers, and what is printed of them.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { serverUrl, shownServer, withoutPassword } from "../../lib/cli/server_url.ts";

Deno.test("serverUrl() takes a URL with a host, and none with the rest of a password", () => {
  const rows: Record<string, [host: string | undefined, shown: string]> = {
    "redis://localhost": ["localhost", "redis://localhost"],
    "rediss://ada:s3cret@cache.example:6380/2": [
      "cache.example:6380",
      "rediss://cache.example:6380/2",
    ],
    "postgres://ada:s3%40cret@db/app?sslmode=require&password=s3cret": [
      "db",
      "postgres://db/app",
    ],
    "postgres:///app?host=/run/postgresql": ["", "postgres:///app"],
    "redis://ada:s3@cret@host": ["host", "redis://host"],
    "redis://[::1]:6379": ["[::1]:6379", "redis://[::1]:6379"],
    "redis://ada:12/s3cret@host": [undefined, "redis://…"],
    "redis://ada:12#s3cret@host": [undefined, "redis://…"],
    "redis://ada:12?s3cret@host": [undefined, "redis://…"],
    "redis://ada:s3#cret@host": [undefined, "redis://…"],
    "redis://ada:s3%cret@host": [undefined, "redis://…"],
    "redis:host": [undefined, "redis://…"],
    "redis://": [undefined, "redis://…"],
    "redis:": [undefined, "redis://…"],
  };
  for (const [address, [host, shown]] of Object.entries(rows)) {
    assertEquals(serverUrl(address)?.host, host, address);
    assertEquals(shownServer(address), shown, address);
    assertEquals(shownServer(address).includes("s3"), false, address);
  }
});

Deno.test("withoutPassword() takes a password out of a text, in each of its forms", () => {
  const address = "redis://ada:a%40b@host";
  assertEquals(withoutPassword("a@b and a%40b are wrong", address), "… and … are wrong");
  assertEquals(withoutPassword("as it is", "redis://host"), "as it is");
});
