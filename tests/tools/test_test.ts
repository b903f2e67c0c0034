/**
 * `deno task test`: what was skipped is said again at the end.
 *
 * @module
 */

import { assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import { lastLines, skippedTest, writePages } from "../../tools/test.ts";
import { missingPermission, testUnless } from "../requirements.ts";

Deno.test("skippedTest() is the name of a test that misses something, and of no other", async (t) => {
  const rows: Record<string, [line: string, name: string | null]> = {
    "one that misses a file": [
      "hmac (skipped: x.json is not there) ... ignored (0ms)",
      "hmac (skipped: x.json is not there)",
    ],
    "the same in colours": [
      "hmac (skipped: x.json is not there) ... \x1b[33mignored\x1b[0m \x1b[90m(0ms)\x1b[0m",
      "hmac (skipped: x.json is not there)",
    ],
    "one that runs": ["hmac (skipped: x.json is not there) ... FAILED (1ms)", null],
    "one that is ignored for another reason": ["hmac ... ignored (0ms)", null],
    "a summary": ["ok | 1 passed | 0 failed | 1 ignored (12ms)", null],
  };
  for (const [name, [line, skipped]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(skippedTest(line), skipped));
  }
});

Deno.test("lastLines() counts and names what was skipped, and says nothing of nothing", () => {
  assertEquals(lastLines([]), "");
  assertEquals(
    lastLines(["a (skipped: b)"]),
    "\n1 test was skipped. CONTRIBUTING.md says what they need. REQUIRE_ALL=1 makes them failures.\n  a (skipped: b)\n",
  );
  assertMatch(lastLines(["a", "b"]), /^\n2 tests were skipped\./);
});

testUnless(
  missingPermission({ name: "read" }, { name: "write" }, { name: "run" }),
  "deno task test says what was skipped in its last lines, and ends as the tests do",
  async (t) => {
    const folder = await Deno.makeTempDir();
    const vectors = new URL("../vectors.ts", import.meta.url).href;
    const run = async (source: string, env: Record<string, string>) => {
      await Deno.writeTextFile(`${folder}/some_test.ts`, source);
      const { code, stdout } = await new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "--allow-read",
          "--allow-write",
          "--allow-run",
          "--allow-env",
          new URL("../../tools/test.ts", import.meta.url).href,
          "--no-check",
          `${folder}/some_test.ts`,
        ],
        env: { NO_COLOR: "1", REQUIRE_ALL: "", TEST_VECTORS: folder, ...env },
      }).output();
      return [code, new TextDecoder().decode(stdout)] as const;
    };
    const missing = `import { testWithVectors } from "${vectors}";
testWithVectors("hkdf", "nosuch.json", () => {});
Deno.test("other", () => {});`;
    try {
      await t.step("a file that is missing", async () => {
        const [code, output] = await run(missing, {});
        assertEquals(code, 0);
        assertMatch(
          output,
          /\n1 test was skipped\. .*\n {2}\S+some_test\.ts => hkdf \(skipped: nosuch\.json is not there\)\n$/,
        );
      });
      await t.step("the same under REQUIRE_ALL=1", async () => {
        const [code, output] = await run(missing, { REQUIRE_ALL: "1" });
        assertEquals(code, 1);
        assertMatch(output, /nosuch\.json is not there\) \.\.\. FAILED/);
      });
      await t.step("a test that fails", async () => {
        assertEquals((await run('Deno.test("x", () => { throw 1; });', {}))[0], 1);
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);

testUnless(
  missingPermission({ name: "read" }, { name: "write" }),
  "writePages() writes all pages of the documentation, joined, or those that are named",
  async () => {
    for (const wanted of [["README.md"], []]) {
      const folder = await Deno.makeTempDir();
      try {
        const files = await writePages(folder, wanted);
        const names = files.map((file) => file.slice(folder.length + 1));
        assertEquals(names.includes("docs/start.md"), wanted.length === 0);
        assertMatch(await Deno.readTextFile(`${folder}/README.md`), /```ts\nDeno\.env\.set\(/);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    }
  },
);
