/**
 * A program that serves an app at a Unix socket, asks it what it reads on standard input, and writes
 * the answers: a test may not open such a socket itself, since its path cannot be permitted beforehand.
 *
 * @module
 */

import {
  Configurator,
  json,
  type Logger,
  redirect,
  signedCookieSessionFactory,
} from "@pyramidion/pyramidion";
import { SAMPLE_SECRET } from "../sample_app.ts";
import { parse, type RawResponse, receive, send } from "./raw_socket.ts";

/** What is asked: method and target, then header lines. */
export type Question = readonly [line: string, ...headers: string[]];

/** What came of it. */
export interface Report {
  /** The answer to each question. */
  readonly answers: readonly RawResponse[];
  /** What was logged. */
  readonly log: readonly string[];
}

async function ask(path: string, [line, ...headers]: Question): Promise<RawResponse> {
  using connection = await Deno.connect({ transport: "unix", path });
  const lines = [`${line} HTTP/1.1`, "Connection: close", ...headers];
  await send(connection, `${lines.join("\r\n")}\r\n\r\n`);
  return parse(await receive(connection));
}

async function report(path: string, questions: readonly Question[]): Promise<Report> {
  const log: string[] = [];
  const logger: Logger = {
    warn: (message) => void log.push(message),
    error: (message) => void log.push(message),
  };
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
  await using _server = Deno.serve({ path, onListen: () => {} }, app.fetch);
  const answers: RawResponse[] = [];
  for (const question of questions) answers.push(await ask(path, question));
  return { answers, log };
}

if (import.meta.main) {
  const folder = await Deno.makeTempDir();
  try {
    const questions: readonly Question[] = JSON.parse(
      await new Response(Deno.stdin.readable).text(),
    );
    const found = await report(`${folder}/app.sock`, questions);
    await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(found)));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
