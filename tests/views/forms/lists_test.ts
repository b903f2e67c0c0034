/**
 * Which fields are lists: the schema is asked, or the view says so.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import type { StandardSchema } from "@pyramidion/pyramidion";
import * as v from "npm:valibot@1.5.0";
import * as z from "npm:zod@4.6.7";
import { checkedFields } from "../../../lib/views/forms/lists.ts";
import { sentFields } from "../../../lib/views/forms/sent_fields.ts";
import { memberOf, schemaOf } from "./form_app.ts";

/** What the schema made of a query, its faults, and how often it was asked. */
async function read(
  schema: StandardSchema,
  query: string,
  stated?: readonly string[],
): Promise<{ result: unknown; calls: number }> {
  let calls = 0;
  const counted = schemaOf((value) => {
    calls++;
    return schema["~standard"].validate(value);
  });
  const use = { schema: counted, call: "request.readForm()", view: "a view" };
  const { checked } = await checkedFields(use, sentFields(new URLSearchParams(query), []), stated);
  const result = checked.issues === undefined
    ? checked.value
    : checked.issues.map(({ path = [] }) => path.map((step) => memberOf(step, "key") ?? step));
  return { result, calls };
}

Deno.test("checkedFields() makes a list where the schema wants one, else takes the last", async (t) => {
  const texts = z.array(z.string());
  const rows: Record<
    string,
    [schema: StandardSchema, query: string, result: unknown, calls: number]
  > = {
    "no list": [z.object({ a: z.string() }), "a=1", { a: "1" }, 1],
    "one of one": [z.object({ a: texts }), "a=1", { a: ["1"] }, 3],
    "several": [z.object({ a: texts }), "a=1&a=2", { a: ["1", "2"] }, 2],
    "none": [z.object({ a: texts }), "", { a: [] }, 3],
    "none of an optional list": [z.object({ a: texts.optional() }), "", {}, 1],
    "a text, twice": [z.object({ a: z.string() }), "a=1&a=2", { a: "2" }, 2],
    "a list that is too short": [z.object({ a: texts.min(2) }), "a=1", [["a"]], 3],
    "a set of one": [
      z.object({ a: texts.transform((all) => all.length) }),
      "a=1&a=2",
      { a: 2 },
      2,
    ],
    "numbers": [z.object({ a: z.array(z.coerce.number()) }), "a=1&a=2", { a: [1, 2] }, 2],
    "a list for what is no list": [
      z.object({ a: z.preprocess((one) => [one].flat(), texts) }),
      "a=1&a=2",
      { a: ["1", "2"] },
      2,
    ],
    "a text or a list": [z.object({ a: z.union([z.string(), texts]) }), "a=1&a=2", { a: "2" }, 2],
    "anything": [z.object({ a: z.any() }), "a=1&a=2", { a: "2" }, 2],
    "a text that is wrong stays a text": [
      z.object({ a: z.coerce.string().min(3) }),
      "a=1&a=2",
      [["a"]],
      2,
    ],
    "not agreed": [z.object({ a: z.any().refine(Boolean) }), "", [["a"]], 2],
    "an empty text that a list would hide": [
      z.object({ a: z.custom<string>((value) => value !== "") }),
      "a=",
      [["a"]],
      2,
    ],
    "a schema that throws for what no visitor sends": [
      z.object({ t: z.preprocess(trimmed, z.string().min(1)), a: texts }),
      "t=&a=1",
      [["t"]],
      5,
    ],
    "valibot": [v.object({ a: v.array(v.string()), b: v.string() }), "a=1&b=1&b=2", {
      a: ["1"],
      b: "2",
    }, 4],
    "a list beside a text": [
      z.object({ a: texts, b: z.string() }),
      "a=1&a=2&b=1&b=2",
      { a: ["1", "2"], b: "2" },
      2,
    ],
    "a tuple of two, which must be stated": [
      z.object({ a: z.tuple([z.string(), z.string()]) }),
      "a=1&a=2",
      [["a"]],
      2,
    ],
  };
  for (const [name, [schema, query, result, calls]] of Object.entries(rows)) {
    await t.step(name, async () => assertEquals(await read(schema, query), { result, calls }));
  }
});

/** It throws for a list, as a transformation that trusts its input does. */
function trimmed(value: unknown): unknown {
  if (Array.isArray(value)) throw new TypeError("value.trim is not a function");
  return typeof value === "string" ? value.trim() : value;
}

Deno.test("checkedFields() calls the schema once if the view states the lists", async (t) => {
  const lists = z.object({ a: z.array(z.string()), b: z.string() });
  const rows: Record<string, [query: string, stated: string[], result: unknown]> = {
    "of one": ["a=1&b=2", ["a"], { a: ["1"], b: "2" }],
    "of none": ["b=2", ["a"], { a: [], b: "2" }],
    "no lists": ["a=1&b=2", [], [["a"]]],
    "of a text": ["a=1&b=2", ["a", "b"], [["b"]]],
  };
  for (const [name, [query, stated, result]] of Object.entries(rows)) {
    await t.step(
      name,
      async () => assertEquals(await read(lists, query, stated), { result, calls: 1 }),
    );
  }
});

Deno.test("checkedFields() asks the schema about lists with nothing that a visitor sent", async () => {
  const seen: unknown[] = [];
  const schema = schemaOf((value) => {
    seen.push(value);
    return { issues: [{ message: "no", path: ["a"] }] };
  });
  await read(schema, "a=secret&b=secret");
  assertEquals(seen.length, 2);
  assertEquals(JSON.stringify(seen[1]), '{"a":[{}]}');
});
