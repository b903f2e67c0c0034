/**
 * Nothing that a visitor sends ends the process or stops the server.
 *
 * @module
 */

import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
import { exchange, isWhole, parse, receive, send } from "../app/raw_socket.ts";
import { testUnless } from "../requirements.ts";
import {
  ANSWERS,
  COOKIES,
  DECISIONS,
  FORMS,
  type HostileRequest,
  PROMISES,
  STOPPING,
  TARGETS,
  TICKETS,
  UPGRADES,
} from "./requests.ts";
import { missingForProcess, type Server, ServerProcess } from "./server_process.ts";

const GROUPS: Readonly<Record<string, readonly HostileRequest[]>> = {
  "promises that the app awaits late or never": PROMISES,
  "answers that cannot be sent": ANSWERS,
  "decisions that are promises": DECISIONS,
  "upgrades": UPGRADES,
  "targets, hosts and methods": TARGETS,
  "cookies": COOKIES,
  "tickets": TICKETS,
  "forms and other bodies": FORMS,
};

/** A text frame "{bad" and a close frame, as a client masks them (with zeros). */
const FRAMES = "\x81\x84\0\0\0\0{bad\x88\x80\0\0\0\0";

/** Sends a request, and over an upgraded connection a message; gives the status, 0 for none. */
async function knock(port: number, { line, ...request }: HostileRequest): Promise<number> {
  const { headers = [], host = "127.0.0.1", body = "", hangUp = false } = request;
  const head = [`${line} HTTP/1.1`, `Host: ${host}`, "Connection: close", ...headers, "", ""];
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  // A request that is never answered fails the test instead of stopping it.
  const deadline = setTimeout(() => connection.close(), 10_000);
  using _timer = { [Symbol.dispose]: () => clearTimeout(deadline) };
  await send(connection, head.join("\r\n") + body);
  if (hangUp) await connection.closeWrite();
  const isUpgrade = (text: string) => /^HTTP\/1\.1 101 /.test(text) && text.includes("\r\n\r\n");
  const received = await receive(connection, (text) => isUpgrade(text) || isWhole(text));
  if (isUpgrade(received)) {
    await send(connection, FRAMES);
    await receive(connection);
  }
  return parse(received).status;
}

/** Whether the server still answers everybody. */
async function assertServes(server: ServerProcess, behind: string): Promise<void> {
  const { status, body } = await exchange(server.port, "GET /ok");
  assertEquals([status, body, server.hasEnded], [200, "ok", false], `behind ${behind}`);
}

for (const name of ["Deno.serve", "deno serve"] satisfies Server[]) {
  testUnless(
    missingForProcess,
    `under ${name} nothing that a visitor sends stops the server`,
    async (t) => {
      await using server = await ServerProcess.start(name);
      for (const [group, requests] of Object.entries(GROUPS)) {
        await t.step(group, async () => {
          for (const request of requests) {
            const told = `${request.line.slice(0, 80)} ${request.headers ?? ""}`.slice(0, 200);
            const status = await knock(server.port, request).catch((error) => {
              throw new Error(`${told}: ${error}\n${server.output}`);
            });
            assert(status === 0 || status === 101 || status >= 200, `${told}: ${status}`);
            await assertServes(server, `${told}\n${server.output}`);
          }
        });
      }
      await t.step("bodies that stop", async () => {
        const statuses = await Promise.all(
          STOPPING.map((request) => knock(server.port, request)),
        );
        assert(statuses.every((status) => status > 0), `${statuses}`);
        await assertServes(server, "bodies that stop");
      });
      await t.step("visitors who go away from a stream that never ends", async () => {
        for (let i = 0; i < 5; i++) {
          using connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
          await send(connection, "GET /stream-for-ever HTTP/1.1\r\nHost: x\r\n\r\n");
          await receive(connection, (text) => text.length > 10_000);
        }
        await assertServes(server, "a stream that never ends");
      });
      await t.step("one response for two requests at once", async () => {
        const answers = await Promise.all(
          Array.from({ length: 20 }, () => exchange(server.port, "GET /shared-by-a-promise")),
        );
        assert(answers.every(({ status }) => status === 200 || status === 500));
        await assertServes(server, "one response for all");
      });
      assert(!/Upgrade response was not returned|Uncaught|Terminating/.test(server.output));
    },
  );
}
