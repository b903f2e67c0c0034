/**
 * `isPotentiallyTrustworthy`: the URLs that Secure cookies go to.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { isPotentiallyTrustworthy } from "../../lib/testing/navigation.ts";

Deno.test("isPotentiallyTrustworthy is TLS or this machine", async (t) => {
  const rows: Record<string, boolean> = {
    "https://app.test/": true,
    "wss://app.test/": true,
    "http://app.test/": false,
    "ws://app.test/": false,
    "http://localhost:8000/": true,
    "http://LOCALHOST/": true,
    "http://localhost./": true,
    "http://shop.localhost/": true,
    "http://notlocalhost/": false,
    "http://localhost.evil.test/": false,
    "http://127.0.0.1/": true,
    "http://127.8.9.10/": true,
    "http://127.0.0.1.evil.test/": false,
    "http://128.0.0.1/": false,
    "http://[::1]:8000/": true,
    "http://[::2]/": false,
  };
  for (const [url, secure] of Object.entries(rows)) {
    await t.step(url, () => assertEquals(isPotentiallyTrustworthy(new URL(url)), secure));
  }
});
