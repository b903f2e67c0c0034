/**
 * The session's cookie on the wire, whatever kind of response a view makes.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import {
  Configurator,
  html,
  HttpFound,
  HttpNotFound,
  redirect,
  signedCookieSessionFactory,
  type View,
} from "@pyramidion/pyramidion";
import { testUnless } from "../requirements.ts";
import { exchange, parse, receive, send, valuesOf } from "./raw_socket.ts";
import { missingForSocket, RecordingLogger, SECRET, WireServer } from "./wire_app.ts";

interface Seen {
  seen: string;
  late: number;
}

const ENCODER = new TextEncoder();
const OURS = /^session=[\w-]{20,}; Path=\/; HttpOnly; SameSite=Lax$/;

/** A server of views that write into the session before they answer, and one that tells what is in it. */
function serve(views: Readonly<Record<string, View<Seen>>>, logger = new RecordingLogger()) {
  const sessionFactory = signedCookieSessionFactory<Seen>(SECRET, { logger });
  const config = new Configurator<Seen>({ logger, sessionFactory });
  for (const [name, view] of Object.entries(views)) {
    config.addRoute(name, `/${name}`).addView(async (request) => {
      (await request.session).set("seen", name);
      return await view(request);
    }, { routeName: name });
  }
  config.addRoute("read", "/read").addView(async (request) => {
    const session = await request.session;
    return Response.json([session.get("seen"), session.get("late")]);
  }, { routeName: "read" });
  return Object.assign(new WireServer(config.makeApp()), { logger });
}

/** What the session holds whose `Set-Cookie` this is. */
async function read(port: number, setCookie: string | undefined): Promise<string> {
  assert(setCookie !== undefined, "no cookie was set");
  assertMatch(setCookie, OURS);
  const headers = [`Cookie: ${setCookie.slice(0, setCookie.indexOf(";"))}`];
  return (await exchange(port, "GET /read", { headers })).body;
}

testUnless(missingForSocket, "App sends the session's cookie once with any response", async (t) => {
  await using upstream = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response("from afar", { headers: [["set-cookie", "a=1"], ["set-cookie", "b=2"]] }),
  );
  const elsewhere = `http://127.0.0.1:${upstream.addr.port}/`;
  const kinds: Record<string, { view: View<Seen>; status: number; body?: string }> = {
    text: { view: () => new Response("text"), status: 200, body: "text" },
    html: { view: () => html`<p>page</p>`, status: 200, body: "<p>page</p>" },
    "no-content": { view: () => new Response(null, { status: 204 }), status: 204 },
    "not-modified": {
      view: () => new Response(null, { status: 304, headers: { etag: '"x"' } }),
      status: 304,
    },
    "platform-redirect": { view: () => Response.redirect("http://127.0.0.1/read"), status: 302 },
    redirect: { view: () => redirect("/read"), status: 302 },
    "thrown-redirect": {
      view: () => {
        throw new HttpFound("/read");
      },
      status: 302,
    },
    "thrown-not-found": {
      view: () => {
        throw new HttpNotFound();
      },
      status: 404,
      body: "404 Not Found\n",
    },
    upstream: { view: () => fetch(elsewhere), status: 200, body: "from afar" },
    stream: { view: () => new Response(streamOf("one", "two")), status: 200, body: "onetwo" },
    "lazy-stream": {
      view: () => new Response(streamOf("one", "two", { highWaterMark: 0 })),
      status: 200,
      body: "onetwo",
    },
    public: {
      view: () => new Response("x", { headers: { "cache-control": "public, max-age=60" } }),
      status: 200,
      body: "x",
    },
    "own-cookie-of-our-name": {
      view: () => new Response("x", { headers: { "set-cookie": "session=mine; Path=/" } }),
      status: 200,
      body: "x",
    },
    "a-cookie-of-another-name": {
      view: () => new Response("x", { headers: { "set-cookie": "sessions=mine" } }),
      status: 200,
      body: "x",
    },
  };
  const others: Record<string, string[]> = {
    upstream: ["a=1", "b=2"],
    "a-cookie-of-another-name": ["sessions=mine"],
  };
  const views = Object.entries(kinds).map(([name, { view }]) => [name, view] as const);
  await using server = serve(Object.fromEntries(views));

  for (const [name, { status, body = "" }] of Object.entries(kinds)) {
    for (const method of ["GET", "HEAD"]) {
      await t.step(`${method}, ${name}`, async () => {
        const response = await exchange(server.port, `${method} /${name}`);
        const expected = method === "HEAD" ? "" : body;
        assertEquals(response.status, status);
        // The page of a redirection is the redirection's own test's business.
        if (status !== 302) assertEquals(response.body, expected);
        const cookies = valuesOf(response, "set-cookie");
        assertEquals(cookies.slice(0, -1), others[name] ?? []);
        assertEquals(await read(server.port, cookies.at(-1)), JSON.stringify([name, null]));
        assertMatch(valuesOf(response, "vary").join(), /\bcookie\b/i);
        assertMatch(valuesOf(response, "cache-control").join(), /private|no-store/);
      });
    }
  }
  assertEquals([server.logger.lines, server.caught], [[], []]);
});

testUnless(missingForSocket, "App sends the session's cookie with a WebSocket's 101", async () => {
  const said = Promise.withResolvers<string>();
  const closed = Promise.withResolvers<void>();
  await using server = serve({
    socket: (request) => {
      const { socket, response } = Deno.upgradeWebSocket(request.raw);
      socket.onmessage = ({ data }) => said.resolve(String(data));
      socket.onclose = () => closed.resolve();
      return response;
    },
  });
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  const head = [
    "GET /socket HTTP/1.1",
    "Host: 127.0.0.1",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "",
    "",
  ];
  await send(connection, head.join("\r\n"));
  const response = parse(await receive(connection, (text) => text.includes("\r\n\r\n")));
  assertEquals(response.status, 101);
  // The example of RFC 6455, section 1.3.
  assertEquals(valuesOf(response, "sec-websocket-accept"), ["s3pPLMBiTxaQ9kYGzzhZRbK+xOo="]);
  const cookies = valuesOf(response, "set-cookie");
  assertEquals(cookies.length, 1);
  assertEquals(await read(server.port, cookies[0]), '["socket",null]');

  // A text frame "hi", then a close frame, both under the mask 0.
  await send(connection, "\x81\x82\0\0\0\0hi\x88\x80\0\0\0\0");
  assertEquals(await said.promise, "hi");
  await closed.promise;
  assertEquals([server.logger.lines, server.caught], [[], []]);
});

testUnless(missingForSocket, "Session.set() is refused once its cookie was sent", async (t) => {
  const thrown: unknown[] = [];
  const lateWrite = (strategy?: QueuingStrategy<Uint8Array>): View<Seen> => async (request) => {
    const session = await request.session;
    let pulls = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        try {
          session.set("late", ++pulls);
        } catch (error) {
          thrown.push(error);
          throw error;
        }
        if (pulls < 3) controller.enqueue(ENCODER.encode(`pull ${pulls};`));
        else controller.close();
      },
    }, strategy);
    return new Response(body);
  };
  await using server = serve({
    lazy: lateWrite({ highWaterMark: 0 }),
    eager: lateWrite(),
    asked: (request) => {
      const body = new ReadableStream<Uint8Array>({
        async pull(controller) {
          try {
            (await request.session).set("late", 1);
          } catch (error) {
            thrown.push(error);
            throw error;
          }
          controller.close();
        },
      }, { highWaterMark: 0 });
      return new Response(body);
    },
  });

  const rows: Record<string, [body: string, stored: string]> = {
    "lazy": ["", '["lazy",null]'],
    // With the default high-water mark the first pull runs before the response is answered.
    "eager": ["pull 1;", '["eager",1]'],
    "asked": ["", '["asked",null]'],
  };
  for (const [name, [body, stored]] of Object.entries(rows)) {
    await t.step(`in a stream's pull(), ${name}`, async () => {
      thrown.length = 0;
      const response = await exchange(server.port, `GET /${name}`);
      assertEquals([response.status, response.body], [200, body]);
      assertEquals(await read(server.port, valuesOf(response, "set-cookie")[0]), stored);
      assertEquals(thrown.length, 1);
      const [error] = thrown;
      assert(error instanceof Error);
      assertMatch(
        error.message,
        /^Cannot .+: the response is already on its way without it; write to the session before /,
      );
    });
  }
});

function streamOf(one: string, two: string, strategy?: QueuingStrategy<Uint8Array>) {
  const rest = [one, two];
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const next = rest.shift();
      if (next === undefined) controller.close();
      else controller.enqueue(ENCODER.encode(next));
    },
  }, strategy);
}
