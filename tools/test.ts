/**
 * Runs the tests (`deno task test`), and says again in its last lines which were skipped.
 *
 * @module
 */

const FLAGS = [
  "--doc",
  "--sanitize-resources",
  "--trace-leaks",
  "--parallel",
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-run",
  "--allow-net=127.0.0.1,localhost",
];

// deno-lint-ignore no-control-regex -- colours are made of these
const COLOURS = /\x1b\[[0-9;]*m/g;
const SKIPPED = /^(.+ \(skipped: .+\)) \.\.\. ignored/;

/** What a run is asked for. */
export interface TestRun {
  /** The tests that were skipped, with the reason, in the order of the output. */
  readonly skipped: readonly string[];
  /** The exit code of `deno test`. */
  readonly code: number;
}

/**
 * The name of the test that a line of the output says was skipped, since something is missing;
 * `null` for every other line.
 *
 * @param line One line, with or without colours.
 */
export function skippedTest(line: string): string | null {
  return SKIPPED.exec(line.replace(COLOURS, ""))?.[1] ?? null;
}

/**
 * What is said behind the output of the tests; empty where nothing was skipped.
 *
 * @param skipped The tests that were.
 */
export function lastLines(skipped: readonly string[]): string {
  if (skipped.length === 0) return "";
  const count = skipped.length === 1 ? "1 test was" : `${skipped.length} tests were`;
  return [
    "",
    `${count} skipped. README.md says what they need. REQUIRE_ALL=1 makes them failures.`,
    ...skipped.map((name) => `  ${name}`),
    "",
  ].join("\n");
}

/**
 * Runs the tests, and writes what they say as they say it.
 *
 * @param args Files, folders and options for `deno test`.
 */
export async function runTests(args: readonly string[]): Promise<TestRun> {
  const isColoured = Deno.stdout.isTerminal() && !Deno.noColor;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", ...FLAGS, ...args],
    stdout: "piped",
    env: isColoured ? { FORCE_COLOR: "1" } : {},
  }).spawn();
  const [shown, read] = child.stdout.tee();
  const [skipped, { code }] = await Promise.all([
    skippedOf(read),
    child.status,
    shown.pipeTo(Deno.stdout.writable, { preventClose: true }),
  ]);
  return { skipped, code };
}

async function skippedOf(output: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string[]> {
  const skipped: string[] = [];
  let rest = "";
  for await (const text of output.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const name = skippedTest(line);
      if (name !== null) skipped.push(name);
    }
  }
  return skipped;
}

if (import.meta.main) {
  // The tests get it too, and say what they have to say.
  Deno.addSignalListener("SIGINT", () => {});
  const { skipped, code } = await runTests(Deno.args);
  await Deno.stdout.write(new TextEncoder().encode(lastLines(skipped)));
  Deno.exit(code);
}
