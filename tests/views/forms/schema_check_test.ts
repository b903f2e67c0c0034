/**
 * What a schema says, and where its faults belong.
 *
 * @module
 */

import { assertEquals, assertRejects } from "jsr:@std/assert@^1.0.0";
import { HttpBadRequest } from "@pyramidion/pyramidion";
import type { SchemaIssue } from "@pyramidion/pyramidion/types";
import { checkedBy, errorsByField } from "../../../lib/views/forms/schema_check.ts";
import { schemaOf } from "./form_app.ts";

Deno.test("checkedBy() refuses what is no result of Standard Schema", async (t) => {
  const rows: Record<string, unknown> = {
    "nothing": undefined,
    "null": null,
    "true": true,
    "an empty object": {},
    "issues that are no list": { issues: "wrong" },
    "an issue without a message": { issues: [{ path: ["a"] }] },
    "an issue that is null": { issues: [null] },
    "one issue of two": { issues: [{ message: "no" }, { path: ["a"] }] },
    "an issue that is a text": { issues: ["wrong"] },
    "a message that is no text": { issues: [{ message: 7 }] },
  };
  for (const [name, result] of Object.entries(rows)) {
    await t.step(name, async () => {
      const schema = schemaOf(() => result as never);
      await assertRejects(
        () => checkedBy({ schema, call: "request.readForm()", view: "view x" }, {}),
        TypeError,
        "the schema (by hand) of request.readForm() in view x gave",
      );
    });
  }
  await t.step("a value that is undefined is a value", async () => {
    const schema = schemaOf(() => ({ value: undefined }));
    const checked = await checkedBy({ schema, call: "request.readForm()", view: "view x" }, {});
    assertEquals(checked, { value: undefined });
  });
});

Deno.test("checkedBy() answers data whose depth overflows the schema's stack with a 400", async () => {
  const levelsOf = (value: unknown): number =>
    Array.isArray(value) && value.length > 0 ? 1 + levelsOf(value[0]) : 1;
  const schema = schemaOf((value) => ({ value: levelsOf(value) }));
  const use = { schema, call: "request.readJson()", view: "view x" };
  const nested = (levels: number) => JSON.parse("[".repeat(levels) + "]".repeat(levels));
  assertEquals(await checkedBy(use, nested(400)), { value: 400 });
  await assertRejects(() => checkedBy(use, nested(200_000)), HttpBadRequest, "nested too deeply");
  const endless = schemaOf((): never => {
    throw new RangeError("Maximum call stack size exceeded");
  });
  const error = await assertRejects(() => checkedBy({ ...use, schema: endless }, [[1], { a: {} }]));
  assertEquals(error instanceof HttpBadRequest, false);
});

Deno.test("errorsByField() names the field that was sent, else the whole path", async (t) => {
  const sent = ["tags", "address.street", "__proto__", "7", ""];
  const symbol = Symbol("s");
  const odd = (path: unknown) => path as NonNullable<SchemaIssue["path"]>;
  const rows: Record<string, [path: SchemaIssue["path"], fields: string[], ofForm: number]> = {
    "a field": [["tags"], ["tags"], 0],
    "within a list": [["tags", 1], ["tags"], 0],
    "deep within": [["tags", 1, "x", "y"], ["tags"], 0],
    "a name with a dot": [["address", "street"], ["address.street"], 0],
    "within a name with a dot": [["address", "street", 0], ["address.street"], 0],
    "not sent": [["address", "city"], ["address.city"], 0],
    "steps that are objects": [[{ key: "tags" }, { key: 0 }], ["tags"], 0],
    "the name of a prototype": [["__proto__"], ["__proto__"], 0],
    "the constructor": [["constructor", "prototype"], ["constructor.prototype"], 0],
    "a number": [[7], ["7"], 0],
    "a symbol": [[symbol], ["Symbol(s)"], 0],
    "an empty name": [[""], [""], 0],
    "no path": [undefined, [], 1],
    "an empty path": [[], [], 1],
    "a path that is a text": [odd("tags"), [], 1],
    "a step that is null behind a field": [odd(["tags", null]), [], 1],
    "a step that is null": [odd([null]), [], 1],
    "a step without a prototype": [odd([Object.create(null)]), [], 1],
    "a key that is an object": [odd([{ key: {} }]), [], 1],
  };
  for (const [name, [path, fields, ofForm]] of Object.entries(rows)) {
    await t.step(name, () => {
      const found = errorsByField([{ message: "wrong", path }], (field) => sent.includes(field));
      assertEquals(Object.keys(found.errors), fields);
      assertEquals(Object.getPrototypeOf(found.errors), null);
      assertEquals(found.formErrors.length, ofForm);
    });
  }
});

Deno.test("errorsByField() keeps all reasons of a field, in their order", () => {
  const issues = ["one", "two"].map((message) => ({ message, path: ["tags"] }));
  assertEquals({ ...errorsByField(issues, () => false).errors }, { tags: ["one", "two"] });
});

Deno.test("errorsByField() keeps 500 faults and says how many there are more", async (t) => {
  const rows: Record<string, [count: number, formErrors: string[]]> = {
    "500": [500, []],
    "501": [501, ["More errors: 1."]],
    "502": [502, ["More errors: 2."]],
  };
  for (const [name, [count, formErrors]] of Object.entries(rows)) {
    await t.step(name, () => {
      const issues = Array.from({ length: count }, (_, at) => ({ message: "no", path: [at] }));
      const found = errorsByField(issues, () => false);
      assertEquals([Object.keys(found.errors).length, found.formErrors], [500, formErrors]);
    });
  }
});

Deno.test("errorsByField() gives a reason where the schema gives none", () => {
  assertEquals(errorsByField([], () => false).formErrors, ["The data is not valid."]);
});
