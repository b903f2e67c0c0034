import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { isPlainLoopback } from "../../lib/http/ip_address.ts";

Deno.test("isPlainLoopback() is for plain http to this machine alone", async (t) => {
  const rows: Record<string, boolean> = {
    "http://localhost": true,
    "http://localhost:8000": true,
    "http://app.localhost:8000": true,
    "http://127.0.0.1:8000": true,
    "http://127.9.9.9": true,
    "http://[::1]:8000": true,
    "https://localhost": false,
    "http://app.test": false,
    "http://localhost.evil.test": false,
    "http://127.0.0.1.evil.test": false,
    "http://evil-localhost": false,
    "http://[::2]": false,
  };
  for (const [origin, expected] of Object.entries(rows)) {
    await t.step(origin, () => assertEquals(isPlainLoopback(origin), expected));
  }
});
