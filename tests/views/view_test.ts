/**
 * What views and exception views take.
 *
 * @module
 */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { ConfigurationError, HttpNotFound } from "@pyramidion/pyramidion";
import { checkOptions, type OptionKind } from "../../lib/check_options.ts";
import {
  EXCEPTION_VIEW_KINDS,
  FORBIDDEN_VIEW_KINDS,
  NOT_FOUND_VIEW_KINDS,
  VIEW_KINDS,
} from "../../lib/views/view.ts";

/** What may be anything here: predicates of the app's own check their values themselves. */
const FREE = ["custom"];

Deno.test("views and exception views refuse each option of a wrong type by its name", async (t) => {
  const all: Record<string, Readonly<Record<string, OptionKind>>> = {
    "addView()": { ...VIEW_KINDS },
    "addExceptionView()": { ...EXCEPTION_VIEW_KINDS },
    "addForbiddenView()": { ...FORBIDDEN_VIEW_KINDS },
    "addNotFoundView()": { ...NOT_FOUND_VIEW_KINDS },
  };
  for (const [what, kinds] of Object.entries(all)) {
    for (const name of Object.keys(kinds).filter((name) => !FREE.includes(name))) {
      await t.step(`${what}: ${name}`, () => {
        assertThrows(
          () => checkOptions(what, { [name]: Symbol("wrong") }, kinds),
          ConfigurationError,
          `Cannot use option "${name}" of ${what}: must be`,
        );
      });
    }
  }
});

Deno.test("context takes a class of what may be thrown: no object, no function without a prototype, no response", () => {
  class OwnResponse extends Response {}
  const { is } = EXCEPTION_VIEW_KINDS.context;
  assertEquals([Error, HttpNotFound, class {}].map(is), [true, true, true]);
  const others = [new Error(), () => {}, "Error", null, Response, OwnResponse];
  assertEquals(others.map(is), others.map(() => false));
});

Deno.test("decorator takes a function, and a list of functions alone", () => {
  const { is } = VIEW_KINDS.decorator;
  const wrap = () => {};
  assertEquals([is(wrap), is([wrap, wrap]), is([wrap, "wrap"]), is("wrap")], [
    true,
    true,
    false,
    false,
  ]);
});
