/**
 * `TestClient`: what a visitor sends, keeps and follows.
 *
 * @module
 */

import { assert, assertEquals, assertRejects, assertThrows } from "jsr:@std/assert@^1.0.0";
import type { ConnectionInfo } from "../../lib/http/request.ts";
import { settableClock } from "../../lib/testing/settable_clock.ts";
import { type FetchApp, TestClient } from "../../lib/testing/test_client.ts";

/** What reached the app, in order. */
interface Seen {
  readonly requests: Request[];
  readonly bodies: string[];
  readonly infos: (ConnectionInfo | undefined)[];
}

/** An app that notes what it gets; `answers` maps a path to its answer, any other gets 200. */
function recorder(answers: Record<string, () => Response> = {}): FetchApp & Seen {
  const seen: Seen = { requests: [], bodies: [], infos: [] };
  return {
    ...seen,
    async fetch(request, info) {
      seen.requests.push(request);
      seen.infos.push(info);
      seen.bodies.push(await request.text());
      return answers[new URL(request.url).pathname]?.() ?? new Response("here");
    },
  };
}

function answer(status: number, ...headers: [string, string][]): () => Response {
  return () => new Response(null, { status, headers });
}

const line = ({ method, url }: Request) => `${method} ${url}`;

Deno.test("TestClient.fetch resolves paths against its origin", async () => {
  const app = recorder();
  const client = new TestClient(app);
  await client.get("/a?b=c#d");
  await new TestClient(app, { origin: "http://localhost:8000" }).get("e");
  await client.get(new URL("https://other.test/f"));
  assertEquals(app.requests.map(line), [
    "GET https://app.test/a?b=c",
    "GET http://localhost:8000/e",
    "GET https://other.test/f",
  ]);
  assertEquals(app.requests.map(({ headers }) => headers.get("host")), [
    "app.test",
    "localhost:8000",
    "other.test",
  ]);
});

Deno.test("TestClient sends back every cookie that it was given, a second client none", async () => {
  const app = recorder({
    "/set": answer(204, ["set-cookie", "a=1, 2; Path=/"], ["set-cookie", "b=3; Path=/in"]),
  });
  const client = new TestClient(app);
  await client.get("/set");
  await client.get("/in");
  await new TestClient(app).get("/in");
  assertEquals(app.requests.map(({ headers }) => headers.get("cookie")), [
    null,
    "b=3; a=1, 2",
    null,
  ]);
  assertEquals([client.cookie("a"), client.cookie("b"), client.cookie("b", "/in")], [
    "1, 2",
    null,
    "3",
  ]);
});

Deno.test("TestClient hands cookies back octet for octet", async () => {
  const app = recorder({ "/set": answer(204, ["set-cookie", "n=\xe5\xae\xb6\xa0; Path=/"]) });
  const client = new TestClient(app);
  await client.get("/set");
  await client.get("/");
  assertEquals(app.requests[1]?.headers.get("cookie"), "n=\xe5\xae\xb6\xa0");
});

Deno.test("TestClient keeps the cookies of an answer whose headers are immutable", async () => {
  const client = new TestClient({ fetch: () => Response.redirect("https://app.test/", 302) });
  assertEquals((await client.get("/")).status, 302);
});

Deno.test("TestClient forgets cookies by its clock", async () => {
  const clock = settableClock();
  const client = new TestClient(recorder({ "/": answer(204, ["set-cookie", "a=1; Max-Age=60"]) }), {
    clock,
  });
  await client.get("/");
  clock.travel(59);
  assertEquals(client.cookie("a"), "1");
  clock.travel(1);
  assertEquals(client.cookie("a"), null);
});

Deno.test("TestClient sends Origin and Sec-Fetch-Site as browsers do", async (t) => {
  const rows: Record<
    string,
    [method: string, origin: string, headers: HeadersInit, expected: [string | null, string | null]]
  > = {
    "GET": ["GET", "https://app.test", {}, [null, null]],
    "HEAD": ["HEAD", "https://app.test", {}, [null, null]],
    "OPTIONS": ["OPTIONS", "https://app.test", {}, [null, null]],
    "POST": ["POST", "https://app.test", {}, ["https://app.test", "same-origin"]],
    "DELETE": ["DELETE", "https://app.test", {}, ["https://app.test", "same-origin"]],
    "POST over plain http": ["POST", "http://app.test:81", {}, ["http://app.test:81", null]],
    "POST to this machine": ["POST", "http://localhost", {}, ["http://localhost", "same-origin"]],
    "POST of another site": [
      "POST",
      "https://app.test",
      { Origin: "https://evil.test", "Sec-Fetch-Site": "cross-site" },
      ["https://evil.test", "cross-site"],
    ],
    "POST of no browser": [
      "POST",
      "https://app.test",
      { Origin: "", "Sec-Fetch-Site": "" },
      [null, null],
    ],
  };
  for (const [name, [method, origin, headers, expected]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const app = recorder();
      await new TestClient(app, { origin }).fetch("/", { method, headers });
      const sent = app.requests[0]?.headers;
      assertEquals([sent?.get("origin"), sent?.get("sec-fetch-site")], expected);
    });
  }
});

Deno.test("TestClient sends its own headers with every request, and those of a request instead", async () => {
  const app = recorder();
  const client = new TestClient(app, { headers: { "Accept-Language": "de", "X-A": "1" } });
  await client.get("/", { headers: { "accept-language": "fr", cookie: "own=1" } });
  const headers = app.requests[0]?.headers;
  assertEquals(["accept-language", "x-a", "cookie"].map((name) => headers?.get(name)), [
    "fr",
    "1",
    "own=1",
  ]);
});

Deno.test("TestClient.post encodes its body", async (t) => {
  const form = new FormData();
  form.set("user", "ada & eve");
  const rows: Record<
    string,
    [body: Parameters<TestClient["post"]>[1], type: RegExp | null, text: RegExp]
  > = {
    "a plain object": [
      { user: "ada & eve" },
      /^application\/x-www-form-urlencoded/,
      /^user=ada\+%26\+eve$/,
    ],
    "URLSearchParams": [
      new URLSearchParams([["a", "1"], ["a", "2"]]),
      /^application\/x-www-form-urlencoded/,
      /^a=1&a=2$/,
    ],
    "FormData": [form, /^multipart\/form-data; boundary=/, /name="user"\r\n\r\nada & eve/],
    "a string": ["ada", /^text\/plain/, /^ada$/],
    "bytes": [new Uint8Array([97]), null, /^a$/],
    "nothing": [undefined, null, /^$/],
  };
  for (const followRedirects of [false, true]) {
    for (const [name, [body, type, text]] of Object.entries(rows)) {
      await t.step(`${name}${followRedirects ? ", following" : ""}`, async () => {
        const app = recorder();
        await new TestClient(app, { followRedirects }).post("/", body);
        const sent = app.requests[0]?.headers.get("content-type") ?? null;
        assertEquals(app.requests[0]?.method, "POST");
        assert(type === null ? sent === null : sent !== null && type.test(sent), `${sent}`);
        assert(text.test(app.bodies[0] ?? ""), app.bodies[0]);
      });
    }
  }
});

Deno.test("TestClient.head sends a HEAD", async () => {
  const app = recorder();
  await new TestClient(app).head("/a");
  assertEquals(app.requests.map(line), ["HEAD https://app.test/a"]);
});

Deno.test("TestClient hands on no body of an answer to a HEAD, but its headers", async () => {
  let isCancelled = false;
  const body = new ReadableStream({ cancel: () => void (isCancelled = true) });
  const headers = [["content-length", "3"], ["set-cookie", "a=1"], ["set-cookie", "b=2"]] as const;
  const client = new TestClient({
    fetch: ({ url }) =>
      url.endsWith("/old")
        ? new Response("moved", { status: 302, headers: { location: "/new" } })
        : new Response(body, {
          status: 404,
          statusText: "Gone",
          headers: headers.map((one) => [...one]),
        }),
  });
  const answer = await client.fetch("/old", { method: "HEAD", redirect: "follow" });
  assertEquals([answer.body, answer.status, answer.statusText], [null, 404, "Gone"]);
  assertEquals(answer.headers.get("content-length"), "3");
  assertEquals(answer.headers.getSetCookie(), ["a=1", "b=2"]);
  assertEquals([client.cookie("b"), isCancelled], ["2", true]);
  const page = await new TestClient({ fetch: () => new Response("text") }).open("/", {
    method: "HEAD",
  });
  assertEquals(page.text, "");
  assertEquals((await new TestClient({ fetch: () => new Response("text") }).head("/")).body, null);
});

Deno.test("TestClient tells the app who asks", async () => {
  const app = recorder();
  const remoteAddr: Deno.Addr = { transport: "tcp", hostname: "192.0.2.7", port: 1 };
  await new TestClient(app).get("/");
  await new TestClient(app, { remoteAddr }).get("/");
  assertEquals(app.infos.map((info) => info?.remoteAddr), [
    { transport: "tcp", hostname: "127.0.0.1", port: 50000 },
    remoteAddr,
  ]);
});

Deno.test("TestClient returns a redirection that it was not asked to follow", async () => {
  const app = recorder({ "/a": answer(302, ["location", "/b"]) });
  const client = new TestClient(app);
  assertEquals((await client.get("/a")).status, 302);
  assertEquals(await (await client.get("/a", { redirect: "follow" })).text(), "here");
  const follower = new TestClient(app, { followRedirects: true });
  assertEquals(await (await follower.get("/a")).text(), "here");
  assertEquals((await follower.get("/a", { redirect: "manual" })).status, 302);
  await assertRejects(() => client.get("/a", { redirect: "error" }), TypeError, "is a redirection");
  assertEquals((await client.get("/c", { redirect: "error" })).status, 200);
});

Deno.test("TestClient follows redirections by the rules of browsers", async (t) => {
  const rows: Record<string, [status: number, method: string, next: string]> = {
    "301 of a POST": [301, "POST", "GET "],
    "302 of a POST": [302, "POST", "GET "],
    "303 of a POST": [303, "POST", "GET "],
    "307 of a POST": [307, "POST", "POST text/plain;charset=UTF-8 ada"],
    "308 of a POST": [308, "POST", "POST text/plain;charset=UTF-8 ada"],
    "301 of a PUT": [301, "PUT", "PUT text/plain;charset=UTF-8 ada"],
    "302 of a PUT": [302, "PUT", "PUT text/plain;charset=UTF-8 ada"],
    "303 of a PUT": [303, "PUT", "GET "],
    "303 of a HEAD": [303, "HEAD", "HEAD "],
    "302 of a GET": [302, "GET", "GET "],
  };
  for (const [name, [status, method, next]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const app = recorder({
        "/a": answer(status, ["location", "/b"], ["set-cookie", "c=1; Path=/"]),
      });
      const body = method === "GET" || method === "HEAD" ? null : "ada";
      await new TestClient(app, { followRedirects: true }).fetch("/a", { method, body });
      const [, second] = app.requests;
      const type = second?.headers.get("content-type") ?? "";
      assertEquals([second?.method, type, app.bodies[1]].join(" ").trimEnd(), next.trimEnd());
      assertEquals(second?.url, "https://app.test/b");
      assertEquals(second?.headers.get("cookie"), "c=1");
      const unsafe = !["GET", "HEAD"].includes(second?.method ?? "");
      assertEquals(second?.headers.get("origin"), unsafe ? "https://app.test" : null);
    });
  }
});

Deno.test("TestClient drops the body for good once a POST became GET", async () => {
  const app = recorder({
    "/a": answer(303, ["location", "/b"]),
    "/b": answer(307, ["location", "/c"]),
  });
  await new TestClient(app, { followRedirects: true }).post("/a", { user: "ada" });
  assertEquals(app.requests.map(({ method }) => method), ["POST", "GET", "GET"]);
  assertEquals(app.bodies, ["user=ada", "", ""]);
});

Deno.test("TestClient returns what leads nowhere or to another origin", async (t) => {
  const rows: Record<string, () => Response> = {
    "another host": answer(302, ["location", "https://other.test/"]),
    "another host without a scheme": answer(302, ["location", "//other.test/"]),
    "another scheme": answer(302, ["location", "http://app.test/"]),
    "another port": answer(302, ["location", "https://app.test:444/"]),
    "no web address": answer(302, ["location", "mailto:ada@app.test"]),
    "no address": answer(302, ["location", "https://["]),
    "no Location": answer(302),
    "a status that is no redirection": answer(304, ["location", "/b"]),
    "a Location on 201": answer(201, ["location", "/b"]),
  };
  for (const [name, make] of Object.entries(rows)) {
    await t.step(name, async () => {
      const app = recorder({ "/a": make });
      const client = new TestClient(app, { followRedirects: true });
      assertEquals((await client.get("/a")).status, make().status);
      assertEquals(app.requests.length, 1);
      assertEquals(client.url, "https://app.test/a");
    });
  }
});

Deno.test("TestClient cancels the body of a redirection that it follows", async () => {
  let cancelled = 0;
  const body = () => new ReadableStream({ cancel: () => void cancelled++ });
  const app = recorder({
    "/a": () => new Response(body(), { status: 302, headers: { location: "/b" } }),
    "/b": () => new Response(body()),
  });
  await new TestClient(app, { followRedirects: true }).get("/a");
  assertEquals(cancelled, 1);
});

Deno.test("TestClient follows 20 redirections and no more", async () => {
  const hop = (last: number): FetchApp => ({
    fetch(request) {
      const n = Number(new URL(request.url).pathname.slice(1));
      return n === last ? new Response("there") : answer(302, ["location", `/${n + 1}`])();
    },
  });
  const options = { followRedirects: true };
  assertEquals(await (await new TestClient(hop(20), options).get("/0")).text(), "there");
  await assertRejects(
    () => new TestClient(hop(21), options).get("/0"),
    TypeError,
    'Cannot fetch "/0": more than 20 redirections',
  );
});

Deno.test("TestClient.url is the address after redirections, with the fragment", async (t) => {
  const rows: Record<string, [location: string, url: string]> = {
    "a fragment is kept": ["/b", "https://app.test/b#here"],
    "a fragment of the answer wins": ["/b#there", "https://app.test/b#there"],
    "a path beside": ["b?c=d", "https://app.test/in/b?c=d#here"],
  };
  for (const [name, [location, url]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const app = recorder({ "/in/a": answer(302, ["location", location]) });
      const client = new TestClient(app, { followRedirects: true });
      assertEquals(client.url, "https://app.test/");
      await client.get("/in/a#here");
      assertEquals(client.url, url);
      assert(app.requests.every((request) => !request.url.includes("#")));
    });
  }
});

Deno.test("TestClient passes on what the app throws", async () => {
  const client = new TestClient({ fetch: () => Promise.reject(new Error("broken")) });
  await assertRejects(() => client.get("/"), Error, "broken");
});

Deno.test("TestClient refuses an origin that is none", async (t) => {
  for (
    const origin of ["", "app.test", "https://app.test/in", "ftp://app.test", "https://a@app.test"]
  ) {
    await t.step(JSON.stringify(origin), () => {
      assertThrows(
        () => new TestClient(recorder(), { origin }),
        TypeError,
        `Cannot make a TestClient of origin "${origin}"`,
      );
    });
  }
});

Deno.test("TestClient.open gives the page after redirections, whatever its status", async () => {
  const app = recorder({
    "/old": answer(302, ["location", "/new#part"]),
    "/new": () => new Response("<title>New</title>", { status: 404, headers: { "x-a": "1" } }),
  });
  const client = new TestClient(app);
  assertEquals(client.page, null);
  const page = await client.open("/old");
  assertEquals([page.status, page.title, page.text, page.headers.get("x-a"), page.url], [
    404,
    "New",
    "<title>New</title>",
    "1",
    "https://app.test/new#part",
  ]);
  assertEquals(client.page, page);
  assertEquals(app.requests.map(({ headers }) => headers.get("sec-fetch-site")), [null, null]);
});

Deno.test("TestClient sends the CSRF token of the last page in a header where it is told to", async () => {
  const app = recorder({
    "/": () => new Response('<meta name="csrf-token" content="t">'),
    "/none": () => new Response("nothing"),
  });
  const client = new TestClient(app);
  await assertRejects(
    () => client.post("/x", "{}", { csrfHeader: true }),
    TypeError,
    "Cannot find a CSRF token: no page was opened yet: call open() first",
  );
  await client.open("/");
  assertEquals(client.csrfToken(), "t");
  await client.post("/x", "{}");
  await client.post("/x", "{}", { csrfHeader: true });
  await client.fetch("/x", { method: "PUT", csrfHeader: "X-XSRF-Token" });
  const sent = app.requests.slice(1).map((
    { headers },
  ) => [headers.get("x-csrf-token"), headers.get("x-xsrf-token")]);
  assertEquals(sent, [[null, null], ["t", null], [null, "t"]]);
  await client.open("/none");
  assertThrows(
    () => client.csrfToken(),
    TypeError,
    'https://app.test/none (status 200) has neither a hidden field "csrf_token" nor <meta name="csrf-token">',
  );
});

Deno.test("TestClient makes requests from another page where it is told to", async () => {
  const app = recorder();
  const client = new TestClient(app);
  client.jar.store("lax=1; Path=/; Secure; SameSite=Lax", "https://app.test/");
  client.jar.store("none=1; Path=/; Secure; SameSite=None", "https://app.test/");
  await client.post("/", {}, { from: "https://evil.test/page" });
  // A script's GET carries no Lax cookies from another site; opening the address does.
  await client.get("/", { from: "https://evil.test/page" });
  await client.open("/", { from: "https://evil.test/page" });
  await client.post("/", {}, { from: "/page", headers: { referer: "" } });
  const names = ["origin", "sec-fetch-site", "referer", "cookie"];
  assertEquals(app.requests.map(({ headers }) => names.map((name) => headers.get(name))), [
    ["https://evil.test", "cross-site", "https://evil.test/", "none=1"],
    [null, "cross-site", "https://evil.test/", "none=1"],
    [null, "cross-site", "https://evil.test/", "lax=1; none=1"],
    ["https://app.test", "same-origin", null, "lax=1; none=1"],
  ]);
});
