import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
import { HttpFound, HttpSeeOther, redirect } from "../../lib/http/redirect.ts";
import { redirectionResponse } from "../../lib/http/error_pages.ts";

const base = "https://app.test/a/b";

function redirection(...args: Parameters<typeof redirectionResponse>): Response {
  const response = redirectionResponse(...args);
  assert(response !== null);
  return response;
}

Deno.test("redirectionResponse() answers each status with a Location without host", async (t) => {
  for (const status of [301, 302, 303, 307, 308] as const) {
    await t.step(`${status}`, async () => {
      const response = redirection(redirect("c?d#e", { status }), base);
      assertEquals([response.status, response.headers.get("location")], [status, "/a/c?d#e"]);
      assertEquals(response.headers.get("content-type"), "text/html; charset=utf-8");
      const body = await response.text();
      assert(body.includes('<a href="/a/c?d#e">/a/c?d#e</a>'), body);
    });
  }
});

Deno.test("redirectionResponse() writes the location escaped", async () => {
  const body = await redirection(new HttpFound("/?a=1&b='x'\"><script>"), base).text();
  assert(body.includes('<a href="/?a=1&amp;b=%27x%27%22%3E%3Cscript%3E">'), body);
  assert(!body.includes("<script"));
});

Deno.test("redirectionResponse() keeps the headers of the error, but its own location", () => {
  const headers = new Headers([
    ["set-cookie", "a=1"],
    ["set-cookie", "b=2"],
    ["location", "https://evil.test"],
    ["cache-control", "no-store"],
  ]);
  const response = redirection(new HttpSeeOther("/c", { headers }), base);
  assertEquals(response.headers.getSetCookie(), ["a=1", "b=2"]);
  assertEquals(response.headers.get("location"), "/c");
  assertEquals(response.headers.get("cache-control"), "no-store");
});

Deno.test("redirectionResponse() makes none where the location would leave the site", async (t) => {
  const rows: Record<string, string> = {
    "another host": "https://evil.test/",
    "a scheme left out": "//evil.example/x",
    "a backslash": "/\\evil",
    "a tab": "/\t/evil",
    "javascript:": "javascript:alert(1)",
  };
  for (const [name, location] of Object.entries(rows)) {
    await t.step(name, () => {
      assertEquals(redirectionResponse(new HttpFound(location), base), null);
    });
  }
  await t.step("but not with external", () => {
    const response = redirection(new HttpFound("//pay.test/", { external: true }), base);
    assertEquals([response.status, response.headers.get("location")], [302, "https://pay.test/"]);
  });
});

Deno.test("redirectionResponse() has no body for HEAD", () => {
  const request = new Request(base, { method: "HEAD" });
  const response = redirection(new HttpFound("/c"), base, request);
  assertEquals([response.status, response.headers.get("location"), response.body], [
    302,
    "/c",
    null,
  ]);
});
