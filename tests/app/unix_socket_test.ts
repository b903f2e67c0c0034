/**
 * An app at a Unix socket, as behind nginx's `proxy_pass http://unix:…`.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { Configurator, json, redirect, signedCookieSessionFactory } from "@pyramidion/pyramidion";
import { testUnless } from "../requirements.ts";
import { SAMPLE_SECRET } from "../sample_app.ts";
import { parse, type RawResponse, receive, send, valuesOf } from "./raw_socket.ts";
import { missingForSocket, RecordingLogger } from "./wire_app.ts";

async function ask(path: string, line: string, ...headers: string[]): Promise<RawResponse> {
  using connection = await Deno.connect({ transport: "unix", path });
  await send(
    connection,
    `${line} HTTP/1.1\r\nConnection: close\r\n${headers.join("\r\n")}\r\n\r\n`,
  );
  return parse(await receive(connection));
}

testUnless(
  missingForSocket ?? (Deno.build.os === "windows" ? "Windows has no Unix sockets" : null),
  "a Unix socket is a plain http server",
  async (t) => {
    const logger = new RecordingLogger();
    const app = new Configurator<{ n: number }>({
      logger,
      sessionFactory: signedCookieSessionFactory(SAMPLE_SECRET, { logger }),
    })
      .addRoute("where", "/where/:x?", {
        view: (request) => json([request.url.href, request.clientAddress ?? null]),
      })
      .addRoute("visit", "/visit", {
        view: async (request) => {
          (await request.session).set("n", 1);
          return new Response("visited");
        },
      })
      .addRoute("away", "/away", { view: (request) => redirect(request.routeUrl("visit")) })
      .makeApp();
    const folder = await Deno.makeTempDir();
    const path = `${folder}/app.sock`;
    await using _server = Deno.serve({ path, onListen: () => {} }, app.fetch);
    const where = async (line: string, ...headers: string[]) =>
      (await ask(path, line, ...headers)).body;

    await t.step("with a Host", async () => {
      assertEquals(
        await where("GET /where/a?b=c", "Host: app.test"),
        '["http://app.test/where/a?b=c",null]',
      );
    });
    await t.step("without one", async () => {
      assertEquals(await where("GET /where"), '["http://localhost/where",null]');
    });
    await t.step("dot segments and backslashes are those of http", async () => {
      assertEquals(
        await where("GET /x/../where\\a", "Host: app.test"),
        '["http://app.test/where/a",null]',
      );
    });
    await t.step("a target in absolute form", async () => {
      assertEquals(
        await where("GET http://other.test/where", "Host: app.test"),
        '["http://other.test/where",null]',
      );
    });
    await t.step("a Host that is none", async () => {
      for (const host of ["x/where?", "x/where", "u@x", "x#"]) {
        assertEquals((await ask(path, "GET /visit", `Host: ${host}`)).status, 400, host);
      }
    });
    await t.step("the cookie and redirections are those of the host", async () => {
      const visit = await ask(path, "GET /visit", "Host: app.test");
      assertEquals(
        valuesOf(visit, "set-cookie").map((cookie) => cookie.replace(/=[^;]+/, "")),
        ["__Host-session; Path=/; Secure; HttpOnly; SameSite=Lax"],
      );
      const away = await ask(path, "GET /away", "Host: app.test");
      assertEquals(valuesOf(away, "location"), ["/visit"]);
    });
    await t.step("a path that is not there is a 404", async () => {
      assertEquals((await ask(path, "GET /nope", "Host: localhost")).status, 404);
    });
    assertEquals(logger.lines, [
      "warn: A Secure session cookie answers http://app.test, where browsers drop it: serve https, or set publicOrigin where a proxy in front does",
    ]);
    await Deno.remove(folder, { recursive: true });
  },
);
