/**
 * Test vectors, read where they lie: those of other projects in the folder that `TEST_VECTORS` names
 * (CONTRIBUTING.md says which), our own in `tests/data/`.
 *
 * @module
 */

/** Whether a missing component is a failure instead of a skip. */
export const requireAll: boolean = granted("env") && Deno.env.get("REQUIRE_ALL") === "1";

/** The folder of the vectors. */
export const vectorsFolder: string = (granted("env") ? Deno.env.get("TEST_VECTORS") : undefined) ??
  new URL("../../shared/data", import.meta.url).pathname;

function granted(name: "env" | "read"): boolean {
  return Deno.permissions.querySync({ name }).state === "granted";
}

const OWN = new URL("data", import.meta.url).pathname;
const OWN_FILES = ["cookie_ua_rules.json"];

function pathOf(file: string): string {
  return `${OWN_FILES.includes(file) ? OWN : vectorsFolder}/${file}`;
}

function missing(file: string): string | null {
  if (!granted("read")) return "reading files is not permitted";
  try {
    Deno.statSync(pathOf(file));
    return null;
  } catch {
    return `${file} is not there`;
  }
}

/**
 * Registers a test over one file of vectors; without the file it is skipped and its name says why,
 * or it fails when `REQUIRE_ALL=1`.
 *
 * @param name The symbol and the rule.
 * @param file The file's name in the folder of vectors.
 * @param fn Gets the parsed JSON.
 */
export function testWithVectors(
  name: string,
  file: string,
  fn: (vectors: unknown, t: Deno.TestContext) => void | Promise<void>,
): void {
  const reason = missing(file);
  Deno.test({
    name: reason === null ? name : `${name} (skipped: ${reason})`,
    ignore: reason !== null && !requireAll,
    async fn(t) {
      if (reason !== null) throw new Error(reason);
      await fn(JSON.parse(await Deno.readTextFile(pathOf(file))), t);
    },
  });
}
