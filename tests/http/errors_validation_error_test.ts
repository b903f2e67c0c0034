/**
 * `ValidationError`: the errors of fields, and what the visitor reads of them.
 *
 * @module
 */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { HttpUnprocessableContent, ValidationError } from "@pyramidion/pyramidion";

Deno.test("ValidationError is a 422 whose detail names the fields", async (t) => {
  const many = Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`f${at}`, ["no"]]));
  const rows: Record<
    string,
    [errors: Record<string, string[]>, formErrors: string[], detail: string]
  > = {
    "no reason": [{}, [], "Some of the data is not valid"],
    "a field": [{ age: ["Too young"] }, [], "Some of the data is not valid. age: Too young"],
    "the form first": [
      { age: ["Too young", "Not even"] },
      ["Closed"],
      "Some of the data is not valid. Closed. age: Too young. age: Not even",
    ],
    "a long reason": [{}, ["x".repeat(300)], `Some of the data is not valid. ${"x".repeat(200)}…`],
    "many": [
      many,
      [],
      `Some of the data is not valid. ${
        Object.keys(many).slice(0, 10).map((field) => `${field}: no`).join(". ")
      }. More errors: 2`,
    ],
  };
  for (const [name, [errors, formErrors, detail]] of Object.entries(rows)) {
    await t.step(name, () => {
      const error = new ValidationError(errors, formErrors);
      assertEquals([error.status, error.name, error.detail], [422, "ValidationError", detail]);
      assertEquals([error.errors, error.formErrors], [errors, formErrors]);
      assertEquals(error instanceof HttpUnprocessableContent, true);
    });
  }
});

Deno.test("ValidationError refuses what is no list of reasons", async (t) => {
  const wrong = (value: unknown) => value as never;
  const rows: Record<string, [make: () => unknown, message: string]> = {
    "a text": [
      () => new ValidationError({ age: wrong("no") }),
      'Cannot use the errors of field "age"',
    ],
    "a number in it": [
      () => new ValidationError({ age: [wrong(7)] }),
      'Cannot use the errors of field "age"',
    ],
    "form errors": [() => new ValidationError({}, wrong("no")), "Cannot use the form errors of"],
  };
  for (const [name, [make, message]] of Object.entries(rows)) {
    await t.step(name, () => void assertThrows(make, TypeError, message));
  }
});
