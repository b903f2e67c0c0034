/**
 * What visitors send whom no client library holds back: over a raw socket, to a real server.
 *
 * @module
 */

import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
import { Configurator, redirect, signedCookieSessionFactory } from "@pyramidion/pyramidion";
import { testUnless } from "../requirements.ts";
import { exchange, type RawRequest, type RawResponse, valuesOf } from "./raw_socket.ts";
import { missingForSocket, RecordingLogger, SECRET, WireServer } from "./wire_app.ts";

const MAX_BODY = 1024 * 1024;
const logger = new RecordingLogger();

function makeApp() {
  const config = new Configurator<{ n: number }>({
    logger,
    sessionFactory: signedCookieSessionFactory(SECRET, { logger }),
  });
  const pages = { root: "/", b: "/b", ab: "/a/b", x: "/x", zzx: "/zz/x", abs: "/abs" };
  for (const [name, path] of Object.entries(pages)) {
    config.addRoute(name, path).addView(() => new Response(path), {
      routeName: name,
      requestMethod: ["GET", "POST"],
    });
  }
  return config
    .addRoute("echo", "/echo/:text")
    .addView((request) => new Response(request.matchdict.text), { routeName: "echo" })
    .addRoute("segments", "/segments/*")
    .addView((request) => new Response(`${request.matchdict[0]?.split("/").length}`), {
      routeName: "segments",
    })
    .addRoute("away", "/away")
    .addView(() => redirect("/x"), { routeName: "away" })
    .addRoute("query", "/query")
    .addView((request) => new Response(`${request.query.size}`), { routeName: "query" })
    .addRoute("count", "/count")
    .addView(async (request) => {
      const session = await request.session;
      session.set("n", (session.get("n") ?? 0) + 1);
      return new Response(`${session.get("n")}`);
    }, { routeName: "count" })
    .addRoute("read", "/read")
    .addView(async (request) => new Response(`${(await request.session).get("n")}`), {
      routeName: "read",
    })
    .addRoute("form", "/form")
    .addView(async (request) => {
      const form = await request.form();
      return new Response([...form.keys()].join());
    }, { routeName: "form", requestMethod: "POST" })
    .addRoute("params", "/params")
    .addView(async (request) => new Response(`${(await request.params).size}`), {
      routeName: "params",
      requestMethod: "POST",
    })
    .makeApp();
}

type Row = [line: string, request: RawRequest, status: number, body?: string];

/** Sends every row, and sees that the server still answers behind each. */
async function walk(
  t: Deno.TestContext,
  server: WireServer,
  rows: Readonly<Record<string, Row>>,
): Promise<void> {
  for (const [name, [line, request, status, body]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const response = await exchange(server.port, line, request);
      assertEquals([response.status, body ?? response.body], [status, response.body]);
      assertEquals((await exchange(server.port, "GET /x")).body, "/x");
      assertEquals([logger.lines, server.caught], [[], []]);
    });
  }
}

function serve(): WireServer {
  logger.lines.length = 0;
  return new WireServer(makeApp());
}

const at = (host: string): RawRequest => ({ host });

testUnless(
  missingForSocket,
  "App routes by the path that URL sees, whatever was sent",
  async (t) => {
    await using server = serve();
    await walk(t, server, {
      "dot segments": ["GET /a/../b", {}, 200, "/b"],
      "percent-encoded dot segments": ["GET /a/%2e%2E/b", {}, 200, "/b"],
      "a dot": ["GET /a/./b", {}, 200, "/a/b"],
      "dot segments beyond the root": ["GET /../../../b", {}, 200, "/b"],
      "a backslash": ["GET /a\\b", {}, 200, "/a/b"],
      "backslashes and dots": ["GET \\a\\..\\b", {}, 400],
      "quotes and brackets": ['GET /echo/"<>`{}', {}, 200, '"<>`{}'],
      "an encoded slash stays in its segment": ["GET /echo/a%2Fb", {}, 200, "a/b"],
      "an encoded tilde": ["GET /echo/%7E", {}, 200, "~"],
      "two slashes are not one": ["GET /a//b", {}, 404],
      "a path that looks like a host": ["GET //evil/x", {}, 404],
      "a percent sign alone": ["GET /%zz", {}, 400],
      "an escape that is not UTF-8": ["GET /echo/%E0%A4", {}, 400],
      "an encoded zero": ["GET /echo/%00", {}, 400],
      "bytes beyond ASCII": ["GET /\xfc", {}, 400],
      "a space": ["GET /a b", {}, 400],
      "an asterisk": ["GET *", {}, 400],
      "OPTIONS *": ["OPTIONS *", {}, 404],
      "a fragment": ["GET /x#/b", {}, 200, "/x"],
      "upper case is another path": ["GET /X", {}, 404],
      "a trailing slash is another path": ["GET /x/", {}, 404],
    });
  },
);

testUnless(missingForSocket, "App believes a hostile Host in nothing", async (t) => {
  await using server = serve();
  await walk(t, server, {
    "upper case and port": ["GET /x", at("EXAMPLE.com:80"), 200, "/x"],
    "user, password and path": ["GET /x", at("u:p@h/zz"), 400],
    "a user alone": ["GET /x", at("u@h"), 400],
    "a path that is one of ours": ["GET /x", at("h/zz"), 400],
    "a path that is one of ours, the last request's host": ["GET /b", at("127.0.0.1/a"), 400],
    "a path that hides the one that was sent": ["GET /x", at("h/b?"), 400],
    "the same behind the last request's host": ["GET /x", at("127.0.0.1/b?"), 400],
    "the same in a fragment": ["GET /x", at("127.0.0.1/b#"), 400],
    "a slash alone": ["GET /x", at("127.0.0.1/"), 400],
    "a backslash": ["GET /x", at("h\\zz"), 400],
    "a tab": ["GET /x", at("h\tx"), 400],
    "an encoded slash": ["GET /x", at("h%2Fzz"), 400],
    "an encoded letter": ["GET /x", at("%68"), 400],
    "braces and quotes": ["GET /x", at('"{h}"'), 400],
    "user and password, where the session is asked for": ["GET /read", at("u:p@h"), 400],
    "a query": ["GET /x", at("h?q"), 400],
    "a query, where the session is asked for": ["GET /read", at("h?q"), 400],
    "a query behind the last request's host": ["GET /x", at("127.0.0.1?q"), 400],
    "a fragment": ["GET /x", at("h#f"), 400],
    "a name with an underscore, as of containers": ["GET /x", at("my_app:80"), 200, "/x"],
    "IPv6": ["GET /a/b", at("[::1]:80"), 200, "/a/b"],
    "a path of two segments": ["GET /a/b", at("127.0.0.1"), 200, "/a/b"],
    "a space": ["GET /x", at("a b"), 400],
    "nothing": ["GET /x", at(""), 200, "/x"],
    "bytes beyond ASCII": ["GET /x", at("h\xff"), 200, "/x"],
    "a bracket": ["GET /x", at("[::1"), 400],
    "a port that is none": ["GET /x", at("h:99999"), 400],
    "a target in absolute form": ["GET http://other:99/abs", {}, 200, "/abs"],
    "a user in absolute form": ["GET http://u:p@other:99/abs", {}, 400],
    "a false Host beside absolute form": ["GET http://other:99/abs", at("h/b"), 400],
    "another origin's session": ["GET http://other:99/read", {}, 200, "undefined"],
    "two hosts": ["GET /x", { headers: ["Host: other"] }, 400],
    "a forwarded host": [
      "GET /read",
      { host: "h", headers: ["X-Forwarded-Host: a b"] },
      200,
      "undefined",
    ],
  });
});

testUnless(missingForSocket, "App answers long targets in full, or refuses them", async (t) => {
  await using server = serve();
  await walk(t, server, {
    "a path of 60,000 characters": [`GET /${"x".repeat(60_000)}`, {}, 404],
    "a segment of 60,000 characters": [`GET /echo/${"x".repeat(60_000)}`, {}, 200],
    "a path of 64 KiB": [`GET /${"x".repeat(65_535)}`, {}, 400],
    "a path that grows beyond 64 KiB when it is encoded": [`GET /${'"'.repeat(30_000)}`, {}, 414],
    "a path of 1 MB": [`GET /${"x".repeat(1_000_000)}`, {}, 400],
    "30,000 segments": [`GET /segments/${"a/".repeat(29_999)}a`, {}, 200, "30000"],
    "30,000 segments of no route": [`GET /${"a/".repeat(30_000)}`, {}, 404],
    "15,000 dot segments": [`GET /${"a/../".repeat(12_000)}x`, {}, 200, "/x"],
    "10,000 query pairs": [`GET /query?${"a=1&".repeat(10_000)}`, {}, 200, "10000"],
    "a query of percent signs": [`GET /query?${"%".repeat(60_000)}`, {}, 200, "1"],
  });
});

testUnless(missingForSocket, "App takes a method as it is written", async (t) => {
  await using server = serve();
  const override = { headers: ["X-HTTP-Method-Override: DELETE"] };
  await walk(t, server, {
    "lower case is another method": ["get /x", {}, 405],
    "TRACE": ["TRACE /x", {}, 405],
    "CONNECT": ["CONNECT h:1", {}, 405],
    "one that nobody knows": ["PROPFIND /x", {}, 405],
    "one of 1,000 letters": [`${"A".repeat(1_000)} /x`, {}, 405],
    "an override by header is none": ["POST /x", override, 200, "/x"],
    "an override by query is none": ["GET /query?_method=DELETE", {}, 200, "1"],
  });
});

testUnless(missingForSocket, "App finds its cookie in any Cookie header, or none", async (t) => {
  await using server = serve();
  const [setCookie = ""] = valuesOf(await exchange(server.port, "GET /count"), "set-cookie");
  const own = setCookie.slice(0, setCookie.indexOf(";"));
  const cookie = (...headers: string[]): Row[1] => ({
    headers: headers.map((header) => `Cookie: ${header}`),
  });
  const KB = 60_000;
  const rows: Record<string, [RawRequest, string]> = {
    "ours alone": [cookie(own), "1"],
    "an empty header": [cookie(""), "undefined"],
    "60 KB of a=1;": [cookie("a=1;".repeat(KB / 4)), "undefined"],
    "60 KB of a=1; before ours": [cookie("a=1;".repeat(KB / 4) + own), "1"],
    "60 KB of semicolons before ours": [cookie(";".repeat(KB) + own), "1"],
    "60 KB of equals signs before ours": [cookie(`${"=".repeat(KB)};${own}`), "1"],
    "60 KB of quotes before ours": [cookie(`${'"'.repeat(KB)};${own}`), "1"],
    "60 KB of spaces before ours": [cookie(`a=1;${" ".repeat(KB)}${own}`), "1"],
    "60 KB of value": [cookie(`session=${"A".repeat(KB)}`), "undefined"],
    "pairs that are none": [cookie("a=1;=x;;=;b"), "undefined"],
    "a nameless one that reads like ours": [cookie(`=${own}`), "undefined"],
    "ours between quotes": [cookie(`a="; ${own}; b="`), "1"],
    "ours quoted": [cookie(`session="${own.slice("session=".length)}"`), "undefined"],
    "ours behind a comma": [cookie(`${own}, other=x`), "undefined"],
    "ours first of two": [cookie(`${own}; session=BAD`), "1"],
    "ours second of two": [cookie(`session=BAD; ${own}`), "1"],
    "ours behind 1,000 that are none": [cookie("session=BAD; ".repeat(1_000) + own), "1"],
    "in two headers": [cookie("a=1", own), "1"],
    "other letters": [cookie(own.replace("session", "SESSION")), "undefined"],
    "an encoded name": [cookie(own.replace("session", "%73ession")), "undefined"],
    "bytes 80 to FF as ours": [cookie(`session=${bytesFrom80()}`), "undefined"],
    "bytes 80 to FF beside ours": [cookie(`a=${bytesFrom80()}; ${own}`), "1"],
    "a byte 85 before ours": [cookie(`\x85${own}`), "undefined"],
    "names of every object": [cookie("__proto__=x; constructor=y; toString=z"), "undefined"],
    "a name of RFC 2109": [cookie(`$Version=1; session="x"`), "undefined"],
  };
  const walked = Object.entries(rows).map(([name, [request, body]]): [string, Row] => [
    name,
    ["GET /read", request, 200, body],
  ]);
  await walk(t, server, Object.fromEntries(walked));
  await walk(t, server, {
    "80 KB are the server's to refuse": ["GET /read", cookie("a=1;".repeat(20_000)), 400],
    "a byte 00 is the server's to refuse": ["GET /read", cookie(`a\0; ${own}`), 400],
  });
});

function bytesFrom80(): string {
  return String.fromCharCode(...Array.from({ length: 128 }, (_, i) => 0x80 + i));
}

testUnless(missingForSocket, "App answers HEAD with the headers of GET and no body", async (t) => {
  await using server = serve();
  for (const path of ["/x", "/echo/%C3%BC", "/nowhere", "/echo/%zz", "/away", "/count"]) {
    await t.step(path, async () => {
      const get = await exchange(server.port, `GET ${path}`);
      const head = await exchange(server.port, `HEAD ${path}`);
      assertEquals([head.status, head.body], [get.status, ""]);
      const described = (response: RawResponse) =>
        ["content-type", "content-length", "vary", "cache-control"].map((name) =>
          valuesOf(response, name)
        );
      assertEquals(described(head), described(get));
      assertEquals(valuesOf(head, "content-length"), [`${get.body.length}`]);
    });
  }
  assertEquals([logger.lines, server.caught], [[], []]);
});

const URL_ENCODED = "Content-Type: application/x-www-form-urlencoded";
const MULTIPART = "Content-Type: multipart/form-data; boundary=cut";
const part = (name: string) =>
  `--cut\r\nContent-Disposition: form-data; name="${name}"\r\n\r\nv\r\n`;

function post(type: string, body: string, more: RawRequest = {}): RawRequest {
  return { body, headers: [type, `Content-Length: ${body.length}`], ...more };
}

function chunked(type: string, body: string, more: RawRequest = {}): RawRequest {
  return { body, headers: [type, "Transfer-Encoding: chunked"], ...more };
}

testUnless(missingForSocket, "App reads a form up to its limits", async (t) => {
  await using server = serve();
  const length = (bytes: number) => [URL_ENCODED, `Content-Length: ${bytes}`];
  await walk(t, server, {
    "two fields": ["POST /form", post(URL_ENCODED, "a=1&b=2"), 200, "a,b"],
    "in chunks": [
      "POST /form",
      chunked(URL_ENCODED, "3\r\na=1\r\n4\r\n&b=2\r\n0\r\n\r\n"),
      200,
      "a,b",
    ],
    "a multipart form": ["POST /form", post(MULTIPART, `${part("a")}--cut--\r\n`), 200, "a"],
    "no type": ["POST /form", { body: "a=1", headers: ["Content-Length: 3"] }, 415],
    "no type, no body": ["POST /form", { headers: ["Content-Length: 0"] }, 200, ""],
    "plain text": ["POST /form", post("Content-Type: text/plain", "a=1"), 415],
    "JSON": ["POST /form", post("Content-Type: application/json", "{}"), 415],
    "a multipart form without a boundary": [
      "POST /form",
      post("Content-Type: multipart/form-data", "a"),
      400,
    ],
    "a multipart form without an end": ["POST /form", post(MULTIPART, part("a")), 400],
    "escapes that are none": ["POST /form", post(URL_ENCODED, "%ZZ=%E0%A4"), 200],
    "names of every object": [
      "POST /form",
      post(URL_ENCODED, "__proto__=1&constructor.prototype.x=1"),
      200,
      "__proto__,constructor.prototype.x",
    ],
    "exactly 1 MiB": ["POST /form", post(URL_ENCODED, `a=${"x".repeat(MAX_BODY - 2)}`), 200, "a"],
    "a byte more than 1 MiB": ["POST /form", post(URL_ENCODED, "x".repeat(MAX_BODY + 1)), 413],
    "more than 1 MiB in chunks": [
      "POST /form",
      chunked(URL_ENCODED, `200000\r\n${"x".repeat(2 * MAX_BODY)}\r\n0\r\n\r\n`),
      413,
    ],
    "a Content-Length over the limit, before a byte has come": [
      "POST /form",
      { headers: length(MAX_BODY + 1) },
      413,
    ],
    "a Content-Length of 1 TB": ["POST /form", { headers: length(1e12) }, 413],
    "1,000 fields": ["POST /params", post(URL_ENCODED, "a=1&".repeat(1_000)), 200, "1000"],
    "1,001 fields": ["POST /params", post(URL_ENCODED, "a=1&".repeat(1_001)), 413],
    "100,000 fields": ["POST /form", post(URL_ENCODED, "a=1&".repeat(100_000)), 413],
    "1,001 parts": [
      "POST /form",
      post(MULTIPART, `${part("a").repeat(1_001)}--cut--\r\n`),
      413,
    ],
    "a field name of 1 MB": ["POST /form", post(URL_ENCODED, "a".repeat(1_000_000)), 200],
    "compressed": [
      "POST /form",
      { body: "abc", headers: [URL_ENCODED, "Content-Length: 3", "Content-Encoding: gzip"] },
      415,
    ],
  });
});

testUnless(missingForSocket, "App answers a body that ends too early with a 400", async (t) => {
  await using server = serve();
  const hangUp = true;
  const half = [URL_ENCODED, "Content-Length: 10"];
  await walk(t, server, {
    "half of a Content-Length": ["POST /form", { body: "a=1", headers: half, hangUp }, 400],
    "nothing of a Content-Length": ["POST /form", { headers: half, hangUp }, 400],
    "half of a chunk": ["POST /form", chunked(URL_ENCODED, "5\r\na=1", { hangUp }), 400],
    "chunks without the last": [
      "POST /form",
      chunked(URL_ENCODED, "3\r\na=1\r\n", { hangUp }),
      400,
    ],
    "half of a multipart form": [
      "POST /form",
      { body: part("a"), headers: [MULTIPART, "Content-Length: 999"], hangUp },
      400,
    ],
    "a view that does not read it": ["POST /x", { body: "a=1", headers: half, hangUp }, 200, "/x"],
  });
  await t.step("a chunk of no size: the server hangs up, and the app is not to blame", async () => {
    const { status } = await exchange(server.port, "POST /form", chunked(URL_ENCODED, "zz\r\na=1"));
    assert(status === 0 || status === 400, `${status}`);
    assertEquals((await exchange(server.port, "GET /x")).body, "/x");
    assertEquals([logger.lines, server.caught], [[], []]);
  });
});
