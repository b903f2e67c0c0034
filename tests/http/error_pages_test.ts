import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
import { HttpError, HttpForbidden, HttpNotFound } from "../../lib/http/errors.ts";
import { errorResponse, htmlPage } from "../../lib/http/error_pages.ts";

const text = "text/plain; charset=utf-8";
const page = "text/html; charset=utf-8";
const problem = "application/problem+json";

function asked(accept: string | null, method = "GET"): { headers: Headers; method: string } {
  return { headers: new Headers(accept === null ? {} : { accept }), method };
}

Deno.test("errorResponse() writes what the visitor asks for, and text for whoever does not say", async (t) => {
  const rows: Record<string, [accept: string | null, type: string]> = {
    "no Accept": [null, text],
    "an empty one": ["", text],
    "curl and fetch()": ["*/*", text],
    "Chrome": [
      "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
      page,
    ],
    "Firefox": ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", page],
    "an image of a page": ["image/avif,image/webp,image/png,image/svg+xml,*/*;q=0.5", text],
    "HTML": ["text/html", page],
    "any text": ["text/*", page],
    "plain text": ["text/plain", text],
    "JSON": ["application/json", problem],
    "problem details": ["application/problem+json", problem],
    "any application": ["application/*", problem],
    "a client that likes JSON best": ["application/json, text/plain, */*", problem],
    "JSON before HTML by q": ["text/html;q=0.1, application/json;q=0.5", problem],
    "HTML and JSON alike": ["application/json, text/html", page],
    "text before JSON by q": ["text/plain, application/json;q=0.5, */*;q=0.1", text],
    "anything before HTML": ["*/*, text/html;q=0.5", text],
    "HTML before JSON by q": ["text/html, application/json;q=0.5", page],
    "HTML refused": ["text/html;q=0, */*", text],
    "only what we have not": ["image/png", text],
    "in capitals": ["TEXT/HTML", page],
    "a broken q": ["text/html;q=abc", text],
    "a negative q": ["text/html;q=-1", text],
    "an enormous q": ["text/html;q=1e308", page],
    "no media type at all": ["garbage", text],
    "punctuation": [';;;,,,="', text],
    "a quote that does not end": ['text/html;x="', page],
    "1,025 characters": ["text/html" + " ".repeat(1_015) + ",", text],
    "64 KB of commas": [",".repeat(65_536), text],
    "64 KB of types": ["a/b,".repeat(16_384) + "text/html", text],
    "64 KB of parameters": ["text/html" + ";a=b".repeat(16_384), text],
    "64 KB of quotes": ["text/html;a=" + '"'.repeat(65_536), text],
    "the name __proto__": ["__proto__/constructor", text],
  };
  for (const [name, [accept, type]] of Object.entries(rows)) {
    await t.step(name, () => {
      const response = errorResponse(new HttpNotFound(), asked(accept));
      assertEquals([response.status, response.headers.get("content-type")], [404, type]);
      assertEquals(response.headers.get("vary"), "accept");
    });
  }
});

Deno.test("errorResponse() never throws at what Accept says", () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return (seed >>> 8) % below;
  };
  const pieces = ["text", "/", "html", "*", ";", ",", "q", "=", "0.5", '"', "\\", " ", "\t", "é"];
  for (let round = 0; round < 3_000; round++) {
    const accept = Array.from({ length: random(20) }, () => pieces[random(pieces.length)]).join("");
    const response = errorResponse(new HttpNotFound(), asked(accept));
    assertEquals(response.status, 404, JSON.stringify(accept));
  }
});

Deno.test("errorResponse() tells the status and the detail, escaped, and nothing of the inside", async (t) => {
  const cause = new Error("database password is hunter2");
  const error = new HttpForbidden(`<script>"a" & 'b'</script>`, { cause });
  const bodies: Record<string, string> = {};
  for (const type of ["text/html", "application/json", "text/plain"]) {
    bodies[type] = await errorResponse(error, asked(type)).text();
  }
  await t.step("HTML", () => {
    const body = bodies["text/html"] ?? "";
    assert(body.startsWith('<!DOCTYPE html>\n<html lang="en">'), body);
    assert(body.includes("<title>403 Forbidden</title>"));
    assert(body.includes('<meta name="viewport" content="width=device-width, initial-scale=1">'));
    assert(body.includes('<meta name="color-scheme" content="light dark">'));
    assertEquals(body.match(/<h1>/g)?.length, 1);
    assert(
      body.includes(
        "<p>&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;&lt;/script&gt;</p>",
      ),
      body,
    );
    assert(!body.includes("<script"));
  });
  await t.step("problem details", () => {
    assertEquals(JSON.parse(bodies["application/json"] ?? ""), {
      type: "about:blank",
      title: "Forbidden",
      status: 403,
      detail: `<script>"a" & 'b'</script>`,
    });
  });
  await t.step("plain text", () => {
    assertEquals(bodies["text/plain"], `403 Forbidden\n\n<script>"a" & 'b'</script>\n`);
  });
  await t.step("nothing of the cause or the stack", () => {
    for (const body of Object.values(bodies)) {
      assert(!body.includes("hunter2") && !body.includes(".ts"), body);
    }
  });
  await t.step("without a detail", async () => {
    const bare = (type: string) => errorResponse(new HttpForbidden(), asked(type)).text();
    assert(!(await bare("text/html")).includes("<p>"));
    assertEquals(await bare("text/plain"), "403 Forbidden\n");
    assertEquals(JSON.parse(await bare("application/json")), {
      type: "about:blank",
      title: "Forbidden",
      status: 403,
    });
  });
});

Deno.test("errorResponse() keeps the error's headers and adds its own", async (t) => {
  await t.step("kept, each Set-Cookie apart", () => {
    const headers = new Headers([["set-cookie", "a=1"], ["set-cookie", "b=2"], ["x-a", "1"]]);
    const error = new HttpNotFound("", { headers });
    const response = errorResponse(error, asked(null));
    assertEquals(response.headers.getSetCookie(), ["a=1", "b=2"]);
    assertEquals(response.headers.get("x-a"), "1");
    assertEquals(response.headers.get("x-content-type-options"), "nosniff");
    assert(!error.headers.has("vary"), "the error itself is not changed");
  });
  await t.step("Vary is merged", () => {
    const vary = (value: string) =>
      errorResponse(new HttpNotFound("", { headers: { vary: value } }), asked(null))
        .headers.get("vary");
    assertEquals([vary("Cookie"), vary("ACCEPT"), vary("*")], ["Cookie, accept", "ACCEPT", "*"]);
  });
  await t.step("not to be stored, unless the error says otherwise", () => {
    const stored = (status: number, headers: HeadersInit = {}) =>
      errorResponse(new HttpError(status, "", { headers }), asked(null))
        .headers.get("cache-control");
    assertEquals([stored(400), stored(503)], ["no-store", "no-store"]);
    assertEquals(stored(410, { "cache-control": "max-age=60" }), "max-age=60");
  });
  await t.step("not what describes another body", () => {
    const headers = {
      "content-type": "text/html",
      "content-length": "5",
      "content-encoding": "gzip",
    };
    const response = errorResponse(new HttpNotFound("<b>", { headers }), asked(null));
    assertEquals(response.headers.get("content-type"), text);
    assertEquals(response.headers.has("content-length"), false);
    assertEquals(response.headers.has("content-encoding"), false);
  });
});

Deno.test("errorResponse() allows its page nothing but its own styles", async (t) => {
  await t.step("by their hash", async () => {
    const response = errorResponse(new HttpNotFound(), asked("text/html"));
    const markup = await response.text();
    const [, style = ""] = /<style>(.*?)<\/style>/s.exec(markup) ?? [];
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style));
    const hash = `sha256-${new Uint8Array(digest).toBase64()}`;
    assertEquals(
      response.headers.get("content-security-policy"),
      `default-src 'none'; style-src '${hash}'; base-uri 'none'; form-action 'none'`,
    );
    assert(!/ style=|<link|<img|url\(|@import/.test(markup), markup);
  });
  await t.step("or by the policy of the error", () => {
    const headers = { "content-security-policy": "default-src 'self'" };
    const response = errorResponse(new HttpNotFound("", { headers }), asked("text/html"));
    assertEquals(response.headers.get("content-security-policy"), "default-src 'self'");
  });
  await t.step("what is no page has none", () => {
    for (const type of ["application/json", "text/plain"]) {
      const response = errorResponse(new HttpNotFound(), asked(type));
      assertEquals(response.headers.has("content-security-policy"), false);
    }
  });
});

Deno.test("errorResponse() answers with less than 1,024 bytes", async () => {
  const markup = await errorResponse(new HttpNotFound(), asked("text/html")).text();
  assert(new TextEncoder().encode(markup).length < 1_024);
});

Deno.test("errorResponse() has no body for HEAD", () => {
  const head = errorResponse(new HttpNotFound("a"), asked("text/html", "HEAD"));
  assertEquals([head.status, head.body, head.headers.get("content-type")], [404, null, page]);
});

Deno.test("htmlPage() escapes its heading and its paragraph", () => {
  const markup = htmlPage("<a>", "<b>");
  assert(markup.includes("<title>&lt;a&gt;</title>") && markup.includes("<h1>&lt;a&gt;</h1>"));
  assert(markup.includes("<p>&lt;b&gt;</p>"));
});
