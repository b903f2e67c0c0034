/**
 * `deno task mutate`: its words, its sample, its files, its list of equivalents.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { EQUIVALENT, isEquivalent, outdated } from "../../../tools/mutate/equivalent.ts";
import { readOptions } from "../../../tools/mutate/options.ts";
import { figures } from "../../../tools/mutate/report.ts";
import { covers, isLibrary } from "../../../tools/mutate/repository_files.ts";
import { sampleOf } from "../../../tools/mutate/sample.ts";
import { testFlags } from "../../../tools/mutate/workspace.ts";

Deno.test("readOptions() reads what stands behind the task's name", () => {
  const none = {
    paths: [],
    seed: 7,
    sample: 100,
    jobs: 1,
    limit: null,
    without: [],
    list: false,
  };
  assertEquals(readOptions([], 7), none);
  const words =
    "./lib/a.ts lib/b --seed=3 --sample=9 --jobs=2 --limit=5 --without=a=b --without=./c --list";
  assertEquals(readOptions(words.split(" "), 7), {
    paths: ["lib/a.ts", "lib/b"],
    seed: 3,
    sample: 9,
    jobs: 2,
    limit: 5,
    without: ["a=b", "c"],
    list: true,
  });
});

Deno.test("readOptions() refuses words that it does not know", async (t) => {
  const words = [
    "--",
    "--sed=1",
    "--seed",
    "--seed=",
    "--seed=x",
    "--seed=4294967296",
    "--sample=0",
    "--sample=1.5",
    "--jobs=0",
    "--jobs=3",
    "--limit=0",
    "--without",
    "--without=",
    "--list=1",
  ];
  for (const word of words) {
    await t.step(word, () => {
      assertThrows(() => readOptions([word], 7), TypeError, `Cannot read "${word}"`);
    });
  }
});

Deno.test("sampleOf() is the same for the same seed, and in the list's order", () => {
  const list = Array.from({ length: 50 }, (_, i) => i);
  const sample = sampleOf(list, 10, 3);
  assertEquals(sample, sampleOf(list, 10, 3));
  assertEquals(sample, [...new Set(sample)].sort((a, b) => a - b));
  assertEquals(sample.length, 10);
  assert(sample.join() !== sampleOf(list, 10, 4).join());
  assertEquals(sampleOf(list, 1000, 3), list);
  assertEquals(sampleOf([], 10, 3), []);
});

Deno.test("sampleOf() leaves no place out", () => {
  const list = ["a", "b", "c", "d"];
  const seen = new Set(Array.from({ length: 60 }, (_, seed) => sampleOf(list, 1, seed)).flat());
  assertEquals([...seen].sort(), list);
});

Deno.test("isLibrary() and covers() tell which files are meant", () => {
  const library = ["mod.ts", "session.ts", "configurator.ts", "lib/a.ts", "lib/a/b.ts"];
  const others = ["tests/a_test.ts", "lib/a.json", "other.ts", "lib.ts", "tests/lib/a.ts"];
  assertEquals([...library, ...others].filter(isLibrary), library);
  const files = ["lib/a.ts", "lib/a/b.ts", "lib/ab.ts"];
  assertEquals(files.filter((file) => covers("lib/a", file)), ["lib/a/b.ts"]);
  assertEquals(files.filter((file) => covers("lib/a/", file)), ["lib/a/b.ts"]);
  assertEquals(files.filter((file) => covers("lib/a.ts", file)), ["lib/a.ts"]);
});

Deno.test("testFlags() are those of deno task test, one test after the other", () => {
  assertEquals(
    testFlags("deno test --doc --parallel --allow-net=a,b"),
    ["test", "--doc", "--allow-net=a,b"],
  );
});

Deno.test("an equivalent is known by its file and its lines, before and after", () => {
  const one = { file: "lib/a.ts", line: "a < 1", becomes: "a <= 1", why: "a is no number" };
  const { why: _, ...told } = one;
  assert(isEquivalent(told, [one]));
  for (const part of ["file", "line", "becomes"]) {
    assert(!isEquivalent({ ...told, [part]: "other" }, [one]), part);
  }
  assertEquals(outdated([one], ["lib/a.ts"], [told]), []);
  assertEquals(outdated([one], ["lib/a.ts"], []), [one]);
  assertEquals(outdated([one], ["lib/b.ts"], []), []);
});

Deno.test("equivalent.json gives a reason for each, and names each once", () => {
  for (const { file, line, becomes, why } of EQUIVALENT) {
    assert(isLibrary(file) && line !== becomes && why.length > 10, line);
  }
  const keys = EQUIVALENT.map(({ file, line, becomes }) => JSON.stringify([file, line, becomes]));
  assertEquals(keys.length, new Set(keys).size);
});

Deno.test("figures() counts each outcome by its name", () => {
  assertEquals(
    figures(["failed", "survived", "failed", "hung", "refused by the types"], 2),
    "5 mutants: 2 failed a test, 1 hung, 1 were refused by the types, 1 survived; " +
      "2 equivalents were left out",
  );
});
