/**
 * From the start of a process to its first answer.
 *
 * @module
 */

import { onServerCore } from "../machine.ts";
import { freePort } from "../measure/server_process.ts";
import { type Effort, figure, ratio, type Result, whole } from "../result.ts";
import { sectionOf } from "../route_patterns.ts";
import { progress } from "../say.ts";
import { median, minimum, pairedRatio } from "../statistics.ts";

/** Something that is started. */
interface Start {
  readonly name: string;
  /** What is run, behind `deno run` and its permissions. */
  readonly args: (port: number) => string[];
  readonly env?: (port: number) => Record<string, string>;
  readonly path: string;
}

const file = (path: string): string => new URL(`../${path}`, import.meta.url).pathname;

const BARE = "bare `Deno.serve`";
const SIGN_IN = "Pyramidion, the sign-in app";

const signInEnvironment = (port: number): Record<string, string> => (
  { PORT: String(port), SESSION_SECRET: "Zp3kq0vYw9mD1rT6uH8sB4xN7cL2fJ5gA0eQ3iK6oW8=" }
);

function inBench(name: string, path: string): Start {
  return { name, path: "/hello", args: (port) => [file(path), String(port)] };
}

function withRoutes(count: number): Start {
  return {
    name: `Pyramidion, ${whole(count)} routes`,
    path: `/${sectionOf(count - 1)}/7`,
    args: (port) => [file("ours/routes.ts"), String(port), String(count)],
  };
}

function starts(bundle: string | null): readonly Start[] {
  const root = ["--config", file("../deno.json")];
  return [
    // Under the same configuration as the sign-in app, so that reading it counts for both.
    {
      name: BARE,
      path: "/hello",
      args: (port) => [...root, file("yardsticks/bare.ts"), String(port)],
    },
    {
      name: SIGN_IN,
      path: "/",
      args: () => [...root, file("../examples/sign_in/main.ts")],
      env: signInEnvironment,
    },
    ...(bundle === null ? [] : [{
      name: "Pyramidion, the sign-in app, bundled into one file",
      path: "/",
      args: () => ["--no-config", bundle],
      env: signInEnvironment,
    }]),
    withRoutes(1000),
    withRoutes(10_000),
    inBench("hand-written, SubtleCrypto", "yardsticks/hand_subtle.ts"),
    inBench("Hono, signed cookie", "peers/hono_signed.ts"),
    inBench("@hono/session", "peers/hono_session.ts"),
    inBench("Remix 3, cookie session", "peers/remix.ts"),
    inBench("iron-session", "peers/iron_session.ts"),
    inBench("h3", "peers/h3.ts"),
    inBench("itty-router", "peers/itty.ts"),
    inBench("Elysia", "peers/elysia.ts"),
    inBench("Express, cookie-session", "peers/express.ts"),
    inBench("Fastify, secure-session", "peers/fastify.ts"),
  ];
}

/** Measures starts. */
export async function measureStart(effort: Effort): Promise<Result> {
  const folder = await Deno.makeTempDir({ prefix: "pyramidion-bench-" });
  try {
    const all = starts(await bundled(`${folder}/sign_in.js`));
    const samples = new Map<string, number[]>(all.map(({ name }) => [name, []]));
    const rounds = effort.quick ? effort.rounds : Math.max(15, effort.rounds);
    for (let round = -1; round < rounds; round++) {
      for (const start of all) {
        const taken = await firstAnswer(start);
        progress(`start: ${start.name}: ${figure(taken)} ms`);
        // The first round fills the caches.
        if (round >= 0) samples.get(start.name)?.push(taken);
      }
    }
    const bare = samples.get(BARE) ?? [];
    const signIn = pairedRatio(samples.get(SIGN_IN) ?? [], bare);
    return {
      tables: [{
        id: "start",
        columns: ["from start to first answer", "ms", "least ms", "× bare"],
        rows: [...samples].map(([name, taken]) => [
          name,
          figure(median(taken)),
          figure(minimum(taken)),
          ratio(pairedRatio(taken, bare)),
        ]),
      }],
      targets: [{
        what: "process start to first answer, the sign-in app, against bare `Deno.serve`",
        measured: signIn,
        unit: "×",
        must: "at most",
        limit: 1.1,
      }],
      samples: Object.fromEntries(samples),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function bundled(output: string): Promise<string | null> {
  const entry = file("../examples/sign_in/main.ts");
  const args = ["bundle", "--config", file("../deno.json"), "--minify", "-o", output, entry];
  const { success } = await new Deno.Command(Deno.execPath(), { args }).output();
  return success ? output : null;
}

/** Milliseconds from the start of the process to the end of its first answer. */
async function firstAnswer({ name, path, args, env }: Start): Promise<number> {
  const port = freePort();
  const run = ["run", "-A", "--no-check", ...args(port)];
  const { command, args: all } = onServerCore(Deno.execPath(), run);
  const start = performance.now();
  const child = new Deno.Command(command, {
    args: all,
    env: env?.(port) ?? {},
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    while (performance.now() - start < 20_000) {
      if (await answers(port, path)) return performance.now() - start;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    throw new Error(`${name} does not answer`);
  } finally {
    child.kill("SIGKILL");
    await child.status;
  }
}

async function answers(port: number, path: string): Promise<boolean> {
  try {
    using socket = await Deno.connect({ hostname: "127.0.0.1", port });
    const request = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`;
    await socket.write(new TextEncoder().encode(request));
    const buffer = new Uint8Array(1024);
    const read = await socket.read(buffer);
    const answer = new TextDecoder().decode(buffer.subarray(0, read ?? 0));
    if (!answer.startsWith("HTTP/1.1 200")) throw new Error(`The first answer is ${answer}`);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return false;
    throw error;
  }
}
