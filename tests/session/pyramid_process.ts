/**
 * Real Pyramid, as Debian's `python3-pyramid` has it.
 *
 * @module
 */

import { missingPermission } from "../requirements.ts";

const PYTHON = "/usr/bin/python3";
const APP = new URL("pyramid_app.py", import.meta.url).pathname;
const COOKIES = new URL("pyramid_cookies.py", import.meta.url).pathname;

/** Options of Pyramid's `SignedCookieSessionFactory`. */
export interface PyramidOptions {
  /** Its secret. */
  readonly secret: string;
  /** Idle limit in seconds. */
  readonly timeout?: number;
  /** Seconds between renewals. */
  readonly reissue_time?: number;
}

/** What the tests with real Pyramid need; `null` where it is there. */
export const missingPyramid: string | null = missingPermission(
  { name: "read" },
  { name: "run", command: PYTHON },
  { name: "net", host: "127.0.0.1" },
) ?? missingModule();

function missingModule(): string | null {
  const version =
    "import pyramid.session, pyramid.authentication as a; a.SessionAuthenticationHelper";
  try {
    const command = new Deno.Command(PYTHON, { args: ["-W", "ignore", "-c", version] });
    return command.outputSync().success ? null : "python3-pyramid 2 is not installed";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return `${PYTHON} is not there`;
    throw error;
  }
}

/** A site of several Pyramid apps in a process of its own; disposing of it ends it. */
export class PyramidProcess implements AsyncDisposable {
  /** Where it listens: scheme, host and port. */
  readonly origin: string;
  readonly #child: Deno.ChildProcess;
  readonly #stderr: Promise<string>;

  private constructor(child: Deno.ChildProcess, stderr: Promise<string>, port: string) {
    this.#child = child;
    this.#stderr = stderr;
    this.origin = `http://127.0.0.1:${port}`;
  }

  /**
   * Starts the apps and waits until they listen.
   *
   * @param mounts From the first segment of the path, such as `/old`, to the session options below it.
   */
  static async start(mounts: Readonly<Record<string, PyramidOptions>>): Promise<PyramidProcess> {
    const child = python([APP, JSON.stringify(mounts)]);
    const stderr = new Response(child.stderr).text();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let port = "", ended = false;
    while (!ended && !port.endsWith("\n")) {
      const { done, value = "" } = await reader.read();
      port += value;
      ended = done;
    }
    await reader.cancel();
    if (/^\d+\n$/.test(port)) return new PyramidProcess(child, stderr, port.trim());
    await child.stdin.close();
    throw new Error(`Pyramid did not start: ${await stderr}`);
  }

  /** Sets the time of its sessions, in milliseconds. */
  async setClock(now: number): Promise<void> {
    await fetch(`${this.origin}/clock?now=${now / 1000}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child.stdin.close();
    await Promise.all([this.#child.status, this.#stderr]);
  }
}

/** What {@linkcode askPyramid} is asked. */
export interface PyramidQuestions {
  /** The options of its factory. */
  readonly options: PyramidOptions;
  /** The time in seconds. */
  readonly now: number;
  /** Cookies to open. */
  readonly open: readonly string[];
  /** Sessions to make cookies of: when they began, in seconds, and JSON of an object. */
  readonly make: readonly (readonly [created: number, state: string])[];
}

/** What real Pyramid makes of cookies and of sessions. */
export interface PyramidAnswers {
  /** For each cookie: whether the session is new, when it began, and what is in it. */
  readonly opened: readonly (readonly [isNew: boolean, created: number, state: unknown])[];
  /** For each session its cookie. */
  readonly made: readonly string[];
}

/** Has real Pyramid open and make cookies, all in one go. */
export async function askPyramid(questions: PyramidQuestions): Promise<PyramidAnswers> {
  const { options, now, open, make } = questions;
  // Put together by hand: `JSON.parse` of the states would lose what is to be proved.
  const sessions = make.map(([created, state]) => `[${created},${state}]`).join();
  const rest = JSON.stringify({ options, now, open });
  const child = python([COOKIES]);
  const stdin = new Blob([`${rest.slice(0, -1)},"make":[${sessions}]}`]).stream();
  const [output] = await Promise.all([child.output(), stdin.pipeTo(child.stdin)]);
  const decoder = new TextDecoder();
  if (!output.success) throw new Error(`Pyramid failed: ${decoder.decode(output.stderr)}`);
  return JSON.parse(decoder.decode(output.stdout));
}

function python(args: string[]): Deno.ChildProcess {
  return new Deno.Command(PYTHON, {
    args: ["-W", "ignore", ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}
