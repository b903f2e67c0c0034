/**
 * Which clients are taken, what is sent to them, and the tables in the guide.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { ConfigurationError } from "@pyramidion/pyramidion";
import { POSTGRES_TABLES, postgresStore } from "@pyramidion/pyramidion/stores/postgres";
import { missingPermission, testUnless } from "../../../requirements.ts";

const NOW = 1_700_000_000_000;

Deno.test("postgresStore() refuses what is no client, at once", () => {
  const rows: Record<string, [given: unknown, found: string]> = {
    "nothing": [undefined, "undefined"],
    "an address": ["postgres://localhost", 'the string "postgres://localhost"'],
    "an object without statements": [{}, "an object"],
    "a client that is being made": [Promise.resolve({ query: () => {} }), "a promise"],
    "a class": [class Pool {}, "a function"],
  };
  for (const [name, [given, found]] of Object.entries(rows)) {
    const error = assertThrows(() => postgresStore(given as never), ConfigurationError, "", name);
    assertEquals(
      error.message,
      `Cannot use the client of postgresStore(): must be a pool of npm:pg or the client of npm:postgres, not ${found}`,
    );
  }
});

Deno.test("postgresStore() has each connection keep its statements, unless told not to", async () => {
  const sent: unknown[] = [];
  const query = (statement: { name?: string }) => {
    sent.push(statement.name);
    return Promise.resolve({ rows: [] });
  };
  const unsafe = (_: string, values: unknown, options: unknown) => {
    sent.push(values, options);
    return Promise.resolve([]);
  };
  await postgresStore({ query }).load("a", NOW);
  await postgresStore({ query }, { prepare: false }).load("a", NOW);
  await postgresStore({ unsafe }).load("a", NOW);
  await postgresStore(Object.assign(() => {}, { unsafe }), { prepare: false }).load("a", NOW);
  assertEquals(sent, [
    "pyramidion_load",
    undefined,
    ["a"],
    { prepare: true },
    ["a"],
    { prepare: false },
  ]);
});

testUnless(
  missingPermission({ name: "read" }),
  "docs/stores.md shows the tables of PostgreSQL as they are",
  async () => {
    const guide = await Deno.readTextFile(new URL("../../../../docs/stores.md", import.meta.url));
    assert(guide.includes(`\`\`\`sql\n${POSTGRES_TABLES}\`\`\`\n`));
  },
);
