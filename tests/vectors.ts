/**
 * Public test vectors, read where they lie: one setting, `TEST_VECTORS`.
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

function missing(file: string): string | null {
  if (!granted("read")) return "reading files is not permitted";
  try {
    Deno.statSync(`${vectorsFolder}/${file}`);
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
      await fn(JSON.parse(await Deno.readTextFile(`${vectorsFolder}/${file}`)), t);
    },
  });
}
