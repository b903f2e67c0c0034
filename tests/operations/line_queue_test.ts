/**
 * Lines for a writer that is slow, that fails, or that is missing for a while.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { LineQueue } from "../../lib/operations/line_queue.ts";

/** A logger that keeps what it is told. */
function keepingLogger() {
  const told: string[] = [];
  return {
    told,
    logger: {
      warn: (message: string) => void told.push(message),
      error: (message: string, cause: unknown) => void told.push(`${message}: ${cause}`),
    },
  };
}

/** Until everything that is ready was done. */
const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

Deno.test("LineQueue hands over each line at once to a writer that is ready", () => {
  const written: string[] = [];
  const queue = new LineQueue((lines) => void written.push(lines), keepingLogger().logger);
  queue.add("a");
  queue.add("b");
  assertEquals(written, ["a\n", "b\n"]);
});

Deno.test("LineQueue waits for a slow writer, and then hands over the lines together", async () => {
  const written: string[] = [];
  const gate = Promise.withResolvers<void>();
  const queue = new LineQueue((lines) => {
    written.push(lines);
    return gate.promise;
  }, keepingLogger().logger);
  for (const line of ["a", "b", "c"]) queue.add(line);
  assertEquals(written, ["a\n"]);
  gate.resolve();
  await settled();
  assertEquals(written, ["a\n", "b\nc\n"]);
});

Deno.test("LineQueue logs a failing writer once, and the number of lost lines when it works again", async (t) => {
  const rows: Record<string, () => void | Promise<void>> = {
    "it throws": () => {
      throw new Error("disk full");
    },
    "it rejects": () => Promise.reject(new Error("disk full")),
  };
  for (const [name, fail] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { told, logger } = keepingLogger();
      const written: string[] = [];
      let isFull = true;
      const queue = new LineQueue((lines) => isFull ? fail() : void written.push(lines), logger);
      queue.add("a");
      await settled();
      queue.add("b");
      await settled();
      isFull = false;
      queue.add("c");
      queue.add("d");
      assertEquals(written, ["c\n", "d\n"]);
      assertEquals(told, [
        "The access log cannot be written: Error: disk full",
        "The access log lost 2 lines: its writer failed, or more than 10000 lines waited",
      ]);
    });
  }
});

Deno.test("LineQueue keeps 10,000 lines for a writer that hangs, and counts the rest", async () => {
  const { told, logger } = keepingLogger();
  const gate = Promise.withResolvers<void>();
  let count = 0;
  const queue = new LineQueue((lines) => {
    count += lines.split("\n").length - 1;
    return gate.promise;
  }, logger);
  for (let i = 0; i < 10_011; i++) queue.add("x");
  assertEquals([count, told], [1, []]);
  gate.resolve();
  await settled();
  assertEquals(count, 10_001);
  assertEquals(told, [
    "The access log lost 10 lines: its writer failed, or more than 10000 lines waited",
  ]);
});
