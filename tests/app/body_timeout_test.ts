/**
 * Bodies that stop coming: over a raw socket, to a real server.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { ConfigurationError, Configurator } from "@pyramidion/pyramidion";
import { missingPermission, testUnless } from "../requirements.ts";
import { parse, type RawResponse, receive, send, valuesOf } from "./raw_socket.ts";
import { missingForSocket, RecordingLogger, WireServer } from "./wire_app.ts";

const logger = new RecordingLogger();

function serve(bodyTimeout: number | null): WireServer {
  logger.lines.length = 0;
  const app = new Configurator({ bodyTimeout, logger })
    .addRoute("size", "/size", {
      requestMethod: "POST",
      view: async (request) => new Response(`${(await request.bytes()).length}`),
    })
    .addRoute("form", "/form", {
      requestMethod: "POST",
      view: async (request) => new Response([...(await request.form()).keys()].join()),
    })
    .makeApp();
  return new WireServer(app);
}

const pause = (milliseconds: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

const headOf = (path: string, length: number) =>
  `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${length}\r\n` +
  "Content-Type: application/x-www-form-urlencoded\r\n\r\n";

/** Sends a head and a part of its body, and waits for what the server makes of it. */
async function stopAfter(
  server: Pick<WireServer, "port">,
  sent: number,
  path = "/size",
  held?: Deno.Conn[],
): Promise<RawResponse> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  await send(connection, headOf(path, sent + 1) + "x".repeat(sent));
  // Deno keeps a connection open whose body it has not seen to the end, whatever the answer says.
  const response = parse(
    await receive(connection, (text) => text.includes("did not arrive in time")),
  );
  if (held === undefined) connection.close();
  else held.push(connection);
  return response;
}

/** An app in a process of its own, which collects its garbage when it is asked for its memory. */
class MeasuredServer implements AsyncDisposable {
  readonly #process = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-check",
      "--allow-net=127.0.0.1",
      "--v8-flags=--expose-gc",
      new URL("body_memory_server.ts", import.meta.url).pathname,
    ],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  readonly port: Promise<number> = this.#firstLine();

  async #firstLine(): Promise<number> {
    const reader = this.#process.stdout.getReader();
    const { value } = await reader.read();
    await reader.cancel();
    return Number(new TextDecoder().decode(value));
  }

  /** Bytes of buffers that it holds. */
  async externalBytes(): Promise<number> {
    return Number(await (await fetch(`http://127.0.0.1:${await this.port}/memory`)).text());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill();
    await this.#process.status;
  }
}

testUnless(
  missingForSocket,
  "App answers 408 to a body that stops coming, and says that the connection ends",
  async (t) => {
    await using server = serve(0.05);
    for (const [name, sent] of Object.entries({ "at once": 0, "on its way": 70_000 })) {
      for (const path of ["/size", "/form"]) {
        await t.step(`${name}, ${path}`, async () => {
          const start = performance.now();
          const response = await stopAfter(server, sent, path);
          // Deno may say it again.
          const connection = [...new Set(valuesOf(response, "connection"))];
          assertEquals([response.status, connection], [408, ["close"]]);
          assert(performance.now() - start >= 50);
          assertEquals([logger.lines, server.caught], [[], []]);
        });
      }
    }
  },
);

testUnless(
  missingForSocket,
  "App leaves no timer behind 50 bodies that stopped coming",
  async () => {
    // The test runner counts timers and operations.
    await using server = serve(0.05);
    const answers = Array.from({ length: 50 }, () => stopAfter(server, 20_000));
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    assertEquals(statuses, Array<number>(50).fill(408));
  },
);

testUnless(
  missingPermission({ name: "net", host: "127.0.0.1" }, { name: "run" }),
  "App keeps nothing of 200 bodies that stopped coming",
  async () => {
    await using server = new MeasuredServer();
    const port = await server.port;
    const before = await server.externalBytes();
    const held: Deno.Conn[] = [];
    const grown = async (enough: number) => {
      // Deno releases some time after the end what it holds.
      for (let wait = 0;; wait++) {
        const bytes = await server.externalBytes() - before;
        if (bytes < enough || wait === 40) return bytes;
        await pause(100);
      }
    };
    for (let round = 0; round < 4; round++) {
      const answers = Array.from({ length: 50 }, () => stopAfter({ port }, 300_000, "/size", held));
      const statuses = (await Promise.all(answers)).map(({ status }) => status);
      assertEquals(statuses, Array<number>(50).fill(408));
    }
    // Their buffers are 105 MB; a read that is under way takes 64 KB, and more until it is collected.
    const open = await grown(60 * 2 ** 20);
    assert(open < 60 * 2 ** 20, `${open} bytes while the connections are open`);
    for (const connection of held) connection.close();
    // Up to 13 MB stay for ever where Deno is told to cancel what it is reading.
    const closed = await grown(3 * 2 ** 20);
    assert(closed < 3 * 2 ** 20, `${closed} bytes after they were closed`);
  },
);

testUnless(missingForSocket, "App reads a slow but steady body whole", async () => {
  await using server = serve(0.2);
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  await send(connection, headOf("/size", 50));
  const start = performance.now();
  for (let piece = 0; piece < 50; piece++) {
    await pause(10);
    await send(connection, "x");
  }
  assert(performance.now() - start > 400, "longer than the deadline");
  const response = parse(await receive(connection, (text) => text.endsWith("\r\n\r\n50")));
  assertEquals([response.status, response.body], [200, "50"]);
});

testUnless(missingForSocket, "App waits for ever where bodyTimeout is null", async () => {
  await using server = serve(null);
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  await send(connection, headOf("/size", 2) + "x");
  await pause(300);
  await send(connection, "x");
  const response = parse(await receive(connection, (text) => text.endsWith("\r\n\r\n2")));
  assertEquals([response.status, response.body], [200, "2"]);
});

Deno.test("Configurator refuses a bodyTimeout that is no time", async (t) => {
  const refused: Record<string, unknown> = {
    "zero": 0,
    "negative": -1,
    "NaN": NaN,
    "infinite": Infinity,
    "more than a day": 86_401,
    "text": "30",
    "a boolean": true,
  };
  for (const [name, value] of Object.entries(refused)) {
    await t.step(name, () => {
      assertThrows(
        () => new Configurator({ bodyTimeout: value as number }),
        ConfigurationError,
        "must be a number of seconds above 0, at most 86400, or null",
      );
    });
  }
  for (const bodyTimeout of [0.001, 30, 86_400, null]) new Configurator({ bodyTimeout });
});
