/**
 * `isPassive`: requests that nobody looks at.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { isPassive } from "../../lib/http/request.ts";

Deno.test("isPassive() holds for HEAD and for a prefetch that says so", async (t) => {
  const rows: Record<string, [method: string, secPurpose: string | null, passive: boolean]> = {
    "GET": ["GET", null, false],
    "POST": ["POST", null, false],
    "HEAD": ["HEAD", null, true],
    "a prefetch": ["GET", "prefetch", true],
    "a prerender": ["GET", "prefetch;prerender", true],
    "a prefetch through a proxy": ["GET", "prefetch;anonymous-client-ip", true],
    "a parameter with a space": ["GET", "prefetch; prerender", true],
    "second in a list": ["GET", "something, prefetch", true],
    "another purpose": ["GET", "prefetcher", false],
    "a purpose that ends so": ["GET", "no-prefetch", false],
    "nothing in it": ["GET", "", false],
  };
  for (const [name, [method, secPurpose, passive]] of Object.entries(rows)) {
    await t.step(name, () => {
      const headers = new Headers();
      if (secPurpose !== null) headers.set("sec-purpose", secPurpose);
      assertEquals(isPassive({ method, headers }), passive);
    });
  }
});
