/**
 * An app at a Unix socket, as behind nginx's `proxy_pass http://unix:…`.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { missingPermission, testUnless } from "../requirements.ts";
import { valuesOf } from "./raw_socket.ts";
import type { Question, Report } from "./unix_socket_process.ts";

async function reportOf(questions: readonly Question[]): Promise<Report> {
  const program = new URL("unix_socket_process.ts", import.meta.url);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-net", "--allow-read", "--allow-write", program.href],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const input = child.stdin.getWriter();
  await input.write(new TextEncoder().encode(JSON.stringify(questions)));
  await input.close();
  const { success, stdout, stderr } = await child.output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

const HOST = "Host: app.test";

type Row = [question: Question, status: number, body?: string];

const ROWS: Readonly<Record<string, Row>> = {
  "with a Host": [["GET /where/a?b=c", HOST], 200, '["http://app.test/where/a?b=c",null]'],
  "without one": [["GET /where"], 200, '["http://localhost/where",null]'],
  "dot segments and backslashes are those of http": [
    ["GET /x/../where\\a", HOST],
    200,
    '["http://app.test/where/a",null]',
  ],
  "a target in absolute form": [
    ["GET http://other.test/where", HOST],
    200,
    '["http://other.test/where",null]',
  ],
  "a Host that hides the path": [["GET /visit", "Host: x/where?"], 400],
  "a Host with a path": [["GET /visit", "Host: x/where"], 400],
  "a Host with a user": [["GET /visit", "Host: u@x"], 400],
  "a path that is not there": [["GET /nope", HOST], 404],
  "the session": [["GET /visit", HOST], 200, "visited"],
  "a redirection": [["GET /away", HOST], 302],
};

testUnless(
  missingPermission({ name: "run", command: Deno.execPath() }) ??
    (Deno.build.os === "windows" ? "Windows has no Unix sockets" : null),
  "a Unix socket is a plain http server",
  async (t) => {
    const { answers, log } = await reportOf(Object.values(ROWS).map(([question]) => question));
    for (const [at, [name, [, status, body]]] of Object.entries(ROWS).entries()) {
      const answer = answers[at]!;
      await t.step(name, () => {
        assertEquals([answer.status, body ?? answer.body], [status, answer.body]);
      });
    }
    await t.step("its cookie and its redirections are those of the host", () => {
      const [visit, away] = answers.slice(-2);
      assertEquals(
        valuesOf(visit!, "set-cookie").map((cookie) => cookie.replace(/=[^;]+/, "")),
        ["__Host-session; Path=/; Secure; HttpOnly; SameSite=Lax"],
      );
      assertEquals(valuesOf(away!, "location"), ["/visit"]);
    });
    await t.step("nothing is logged but that the cookie is Secure", () => {
      assertEquals(log, [
        "A Secure session cookie answers http://app.test, where browsers drop it: serve https, or set publicOrigin where a proxy in front does",
      ]);
    });
  },
);
