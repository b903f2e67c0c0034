/**
 * Runs the tests (`deno task test`), and says again in its last lines which were skipped.
 *
 * The code of README.md and docs/ is run from copies, in which each block is joined with the code
 * around it that only the tests need.
 *
 * @module
 */

import { joinedPage } from "./joined_page.ts";

const ROOT = new URL("../", import.meta.url);
const PAGE = /^(?:\.\/)?(README\.md|docs\/[^/]+\.md)$/;
const FOLDER = /^(?:\.\/)?docs\/?$/;

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
    `${count} skipped. CONTRIBUTING.md says what they need. REQUIRE_ALL=1 makes them failures.`,
    ...skipped.map((name) => `  ${name}`),
    "",
  ].join("\n");
}

/**
 * Writes the pages of the documentation into a folder, joined.
 *
 * @param folder Where to.
 * @param pages Those that are wanted, such as `docs/sessions.md`; none: all of them.
 * @returns The files.
 */
export async function writePages(folder: string, pages: readonly string[]): Promise<string[]> {
  const wanted = pages.length > 0 ? pages : ["README.md", ...await pagesOfDocs()];
  await Deno.mkdir(`${folder}/docs`);
  for (const page of wanted) {
    try {
      const text = await Deno.readTextFile(new URL(page, ROOT));
      await Deno.writeTextFile(`${folder}/${page}`, joinedPage(text));
    } catch (error) {
      if (error instanceof SyntaxError) error.message = `${page}: ${error.message}`;
      throw error;
    }
  }
  return wanted.map((page) => `${folder}/${page}`);
}

async function pagesOfDocs(): Promise<string[]> {
  const pages: string[] = [];
  for await (const { name } of Deno.readDir(new URL("docs/", ROOT))) {
    if (name.endsWith(".md")) pages.push(`docs/${name}`);
  }
  return pages.sort();
}

/** The arguments for `deno test`, with the joined copies in the place of the pages. */
async function withPages(args: readonly string[], folder: string): Promise<string[]> {
  const folders = args.filter((arg) => FOLDER.test(arg));
  const pages = args.flatMap((arg) => PAGE.exec(arg)?.[1] ?? []);
  if (folders.length > 0) pages.push(...await pagesOfDocs());
  const rest = args.filter((arg) => !PAGE.test(arg) && !FOLDER.test(arg));
  const named = rest.some((arg) => !arg.startsWith("-"));
  if (pages.length > 0) return [...rest, ...await writePages(folder, pages)];
  return named ? rest : [...rest, ".", ...await writePages(folder, [])];
}

/**
 * Runs the tests, and writes what they say as they say it.
 *
 * @param args Files, folders and options for `deno test`.
 */
export async function runTests(args: readonly string[]): Promise<TestRun> {
  const folder = await Deno.makeTempDir({ prefix: "pages-" });
  try {
    return await run(await withPages(args, folder));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function run(args: readonly string[]): Promise<TestRun> {
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
