/**
 * The access log of an app, in this process and on a real server.
 *
 * @module
 */

import { assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import { Configurator, html } from "@pyramidion/pyramidion";
import { accessLog, type AccessLogOptions } from "@pyramidion/pyramidion/access-log";
import { exchange, send, valuesOf } from "../app/raw_socket.ts";
import { ask } from "../ask.ts";
import { missingPermission, testUnless } from "../requirements.ts";
import { recordingLogger, SAMPLE_SECRET } from "../sample_app.ts";
import { pageApp } from "./sent_response.ts";

/** An access log that keeps its lines. */
function keptLog(options: AccessLogOptions = {}) {
  const lines: string[] = [];
  const write = (text: string) => void lines.push(...text.split("\n").slice(0, -1));
  return { lines, include: accessLog({ ...options, write }) };
}

Deno.test("accessLog writes one line for each response", async () => {
  const { lines, include } = keptLog({ now: () => 0 });
  const app = pageApp(include);
  await ask(app, "/users/7?token=secret", { headers: { cookie: "session=secret" } });
  await ask(app, "/none");
  const [page = "", missing = ""] = lines.map((line) => line.replace(/ id=[0-9a-f]{32}$/, " id"));
  assertMatch(
    page,
    /^1970-01-01T00:00:00\.000Z GET \/users\/:id 200 \d+\.\dms 3B path=\/users\/7 view="view user" session=none id$/,
  );
  assertMatch(
    missing,
    /^1970-01-01T00:00:00\.000Z GET - 404 \d+\.\dms \d+B path=\/none session=none id$/,
  );
  assertEquals(lines.length, 2);
  assertEquals(lines.some((line) => line.includes("secret")), false);
});

Deno.test("accessLog leaves out what skip names, and nothing if skip fails", async (t) => {
  const rows: Record<string, [skip: NonNullable<AccessLogOptions["skip"]>, lines: number]> = {
    "it says true": [({ facts }) => facts.route === "/users/:id", 0],
    "it says false": [() => false, 1],
    "it throws": [() => {
      throw new Error("broken");
    }, 1],
    "it says a text": [() => "yes" as never, 1],
  };
  for (const [name, [skip, count]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { lines, include } = keptLog({ skip });
      const app = new Configurator({ logger: recordingLogger() }).include(include)
        .addRoute("user", "/users/:id", { view: () => html`Ada` }).makeApp();
      await ask(app, "/users/7");
      assertEquals(lines.length, count);
    });
  }
});

Deno.test("accessLog samples what went well, and writes every failure", async () => {
  const numbers = [0.05, 0.5, 0.09];
  const { lines, include } = keptLog({ sample: 0.1, random: () => numbers.shift() ?? 0.9 });
  const app = pageApp(include);
  for (const path of ["/users/1", "/users/2", "/users/3", "/none"]) await ask(app, path);
  assertEquals(lines.map((line) => / path=(\S+)/.exec(line)?.[1]), [
    "/users/1",
    "/users/3",
    "/none",
  ]);
});

Deno.test("accessLog with idHeader sends the id that the line has", async () => {
  const { lines, include } = keptLog({ idHeader: true });
  const app = pageApp(include);
  for (const path of ["/users/7", "/none"]) {
    const id = (await ask(app, path)).headers.get("x-request-id");
    assertMatch(lines.pop() ?? "", new RegExp(` id=${id}$`));
  }
  assertEquals(
    (await ask(pageApp(accessLog({ write: () => {} })), "/users/7")).headers.has("x-request-id"),
    false,
  );
});

Deno.test("accessLog with idHeader sends the id with the answers of tweens too, and in its part alone", async () => {
  const { lines, include } = keptLog({ idHeader: true });
  const config = new Configurator({ logger: recordingLogger() })
    .addTween((handler) => (request) => {
      if (request.headers.has("x-throw")) throw new Error("broken");
      if (request.headers.has("x-answer")) return Response.redirect("https://app.test/home");
      return handler(request);
    }, { name: "answering" })
    .addRoute("home", "/home", { view: () => html`home` });
  const app = config.include(include).makeApp();
  for (const name of ["x-throw", "x-answer"]) {
    const { headers } = await ask(app, "/home", { headers: { [name]: "1" } });
    assertMatch(lines.pop() ?? "", new RegExp(` id=${headers.get("x-request-id")}$`), name);
  }
  const other = keptLog({ idHeader: true });
  const parts = new Configurator().addRoute("home", "/home", { view: () => html`home` })
    .include((part) => {
      part.include(other.include);
      part.addRoute("in", "/in", { view: () => html`in` });
    }, { scoped: true, routePrefix: "/part" }).makeApp();
  assertEquals((await ask(parts, "/home")).headers.has("x-request-id"), false);
  assertEquals((await ask(parts, "/part/in")).headers.has("x-request-id"), true);
});

testUnless(
  missingPermission({ name: "net", host: "127.0.0.1" }),
  "accessLog writes a line for a request whose URL cannot be read",
  async () => {
    const { lines, include } = keptLog();
    const logger = recordingLogger();
    const app = new Configurator({ logger }).include(include)
      .addRoute("home", "/", { view: () => html`home` }).makeApp();
    const server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen: () => {} },
      app.fetch,
    );
    const { status } = await exchange(server.addr.port, "GET /a", { host: "a b" });
    await server.shutdown();
    assertEquals(status, 400);
    assertMatch(lines.join(), / GET - 400 \S+ \S+ path="" session=none /);
    assertEquals(logger.errors, []);
  },
);

Deno.test("accessLog answers as before while its writer fails or hangs", async (t) => {
  const rows: Record<string, AccessLogOptions["write"] & object> = {
    "it throws": () => {
      throw new Error("disk full");
    },
    "it rejects": () => Promise.reject(new Error("disk full")),
    "it hangs": () => new Promise(() => {}),
  };
  for (const [name, write] of Object.entries(rows)) {
    await t.step(name, async () => {
      const app = new Configurator({ logger: recordingLogger() }).include(accessLog({ write }))
        .addRoute("user", "/users/:id", { view: () => html`Ada` }).makeApp();
      for (let i = 0; i < 3; i++) assertEquals(await (await ask(app, "/users/7")).text(), "Ada");
    });
  }
});

const missing = missingPermission({ name: "net", host: "127.0.0.1" });

/** An app with every kind of end. */
function endsApp(include: (config: Configurator) => void) {
  const csv = { headers: { "content-type": "text/csv" } };
  return new Configurator({ logger: recordingLogger() })
    .include(include)
    .addRoute("page", "/page", { view: () => html`héllo` })
    .addRoute("bytes", "/bytes", { view: () => new Response(new Uint8Array(1000), csv) })
    .addRoute("nothing", "/nothing", { view: () => new Response(null, { status: 204 }) })
    .addRoute("same", "/same", { view: () => new Response(null, { status: 304 }) })
    .addRoute("thrown", "/thrown", {
      view: () => {
        throw "a text with a\nline break";
      },
    })
    .addRoute("failing", "/failing", {
      view: () => {
        let left = 3;
        const body = new ReadableStream({
          pull: (controller) =>
            left-- > 0 ? controller.enqueue(new Uint8Array(10)) : Promise.reject(new Error("full")),
        });
        return new Response(body, csv);
      },
    })
    .addRoute("endless", "/endless", {
      view: () => {
        const body = new ReadableStream({
          pull: (controller) => controller.enqueue(new Uint8Array(1000)),
        });
        return new Response(body, csv);
      },
    })
    .addRoute("socket", "/socket", {
      view: (request) => {
        const { response, socket } = request.upgradeWebSocket();
        socket.onopen = () => socket.close();
        return response;
      },
    })
    .makeApp();
}

/** Serves an app with an access log, and waits for lines. */
async function served(
  ask: (port: number, line: () => Promise<string>) => Promise<void>,
): Promise<void> {
  const lines: string[] = [];
  let wake = () => {};
  const include = accessLog({
    write: (text) => {
      lines.push(...text.split("\n").slice(0, -1));
      wake();
    },
  });
  const line = async () => {
    while (lines.length === 0) await new Promise<void>((resolve) => wake = resolve);
    return (lines.shift() ?? "").replace(/^\S+ | \d+\.\dms| view=("[^"]*"|\S+)| id=\S+/g, "");
  };
  const handler = endsApp(include).fetch;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, handler);
  await ask(server.addr.port, line);
  await server.shutdown();
}

testUnless(missing, "accessLog tells the end of each response of a real server", async (t) => {
  const rows: Record<string, [line: string, headers: string[], logged: string]> = {
    "a page": ["GET /page", [], "GET /page 200 6B path=/page session=none client=127.0.0.1"],
    "HEAD": ["HEAD /page", [], "HEAD /page 200 0B path=/page session=none client=127.0.0.1"],
    "bytes": ["GET /bytes", [], "GET /bytes 200 1000B path=/bytes session=none client=127.0.0.1"],
    "204": ["GET /nothing", [], "GET /nothing 204 0B path=/nothing session=none client=127.0.0.1"],
    "304": ["GET /same", [], "GET /same 304 0B path=/same session=none client=127.0.0.1"],
    "405": ["POST /page", [], "POST /page 405 23B path=/page session=none client=127.0.0.1"],
    "a text that was thrown": [
      "GET /thrown",
      [],
      "GET /thrown 500 26B path=/thrown session=none client=127.0.0.1",
    ],
    "line breaks in the path": [
      "GET /a%0d%0aGET%20/",
      [],
      "GET - 404 14B path=/a%0d%0aGET%20/ session=none client=127.0.0.1",
    ],
    "an id that nobody trusts": [
      "GET /page",
      ["X-Request-Id: forged"],
      "GET /page 200 6B path=/page session=none client=127.0.0.1",
    ],
    "a stream that fails": [
      "GET /failing",
      [],
      "GET /failing 200 30B path=/failing session=none end=failed client=127.0.0.1",
    ],
  };
  await served(async (port, line) => {
    for (const [name, [request, headers, logged]] of Object.entries(rows)) {
      await t.step(name, async () => {
        await exchange(port, request, { headers });
        assertEquals(await line(), logged);
      });
    }
  });
});

testUnless(missing, "accessLog leaves a body in memory its Content-Length", async () => {
  await served(async (port, line) => {
    assertEquals(valuesOf(await exchange(port, "GET /bytes"), "content-length"), ["1000"]);
    await line();
  });
});

testUnless(missing, "accessLog tells of a WebSocket when it begins", async () => {
  await served(async (port, line) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/socket`);
    const closed = new Promise((resolve) => socket.onclose = resolve);
    assertEquals(await line(), "GET /socket 101 0B path=/socket session=none client=127.0.0.1");
    await closed;
  });
});

testUnless(
  missing,
  "accessLog tells that a visitor went away in the middle of a stream",
  async () => {
    await served(async (port, line) => {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port });
      await send(connection, "GET /endless HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
      await connection.read(new Uint8Array(100));
      connection.close();
      assertMatch(
        await line(),
        /^GET \/endless 200 \d+B path=\/endless session=none end=aborted client/,
      );
    });
  },
);

Deno.test("accessLog fits an app with typed sessions, and a scoped part", async () => {
  const { signedCookieSessionFactory } = await import("@pyramidion/pyramidion");
  const { lines, include } = keptLog();
  const sessionFactory = signedCookieSessionFactory<{ user: string }>(SAMPLE_SECRET);
  const app = new Configurator({ sessionFactory })
    .addRoute("home", "/", { view: () => html`home` })
    .include((config) => {
      config.include(include);
      config.addRoute("items", "/items", { view: () => html`items` });
    }, { routePrefix: "/api", scoped: true })
    .makeApp();
  for (const path of ["/", "/api/items"]) await ask(app, path);
  assertEquals(lines.length, 1);
});
