/**
 * `Declarations`: statements, and whether they contradict each other.
 *
 * @module
 */

import { assertEquals, assertInstanceOf, assertThrows } from "jsr:@std/assert@^1.0.0";
import { ConfigurationError } from "../../lib/configuration_error.ts";
import { ConfigurationConflictError, Declarations } from "../../lib/configurator/declarations.ts";
import { ownPart, type Part } from "../../lib/configurator/includes.ts";
import { SourceLocation } from "../../lib/source_location.ts";

const APP = ownPart();
const included = (parent: Part): Part => ({ parent, prefix: "", repetition: "" });

function say(
  declarations: Declarations<null>,
  subject: string | null,
  apply: () => void = () => {},
  part: Part = APP,
): void {
  declarations.add({ subject, identity: "", place: new SourceLocation(), part, apply });
}

Deno.test("Declarations.execute() carries statements out in their order, none before", () => {
  const done: string[] = [];
  const declarations = new Declarations(null);
  for (const subject of ["b", "a", "c"]) say(declarations, subject, () => void done.push(subject));
  assertEquals(done, []);
  declarations.execute();
  assertEquals(done, ["b", "a", "c"]);
});

Deno.test("Declarations carries each statement out once, however often it is told to", () => {
  const done: string[] = [];
  const declarations = new Declarations(null);
  say(declarations, "a", () => void done.push("a"));
  declarations.execute();
  declarations.execute();
  say(declarations, "b", () => void done.push("b"));
  declarations.close();
  declarations.close();
  assertEquals(done, ["a", "b"]);
});

Deno.test("Declarations.execute() refuses one subject twice, naming every place, and does nothing", () => {
  let done = 0;
  const declarations = new Declarations(null);
  const apply = () => void done++;
  say(declarations, "x", apply);
  for (let i = 0; i < 3; i++) say(declarations, 'route "home"', apply);
  const error = assertThrows(() => declarations.execute(), ConfigurationConflictError);
  assertInstanceOf(error, ConfigurationError);
  assertEquals([error.name, error.subject, error.places.length, done], [
    "ConfigurationConflictError",
    'route "home"',
    3,
    0,
  ]);
  const [first, second, third] = error.places;
  assertEquals(
    error.message,
    `Cannot declare route "home" twice: first at ${first}, again at ${second} and ${third}`,
  );
  assertEquals(error.places.every((place) => /declarations_test\.ts:\d+$/.test(place)), true);
});

Deno.test("Declarations lets be repeated what has no subject", () => {
  let done = 0;
  const declarations = new Declarations(null);
  for (let i = 0; i < 2; i++) say(declarations, null, () => void done++);
  declarations.execute();
  assertEquals(done, 2);
});

Deno.test("of one subject, the statement of the part that includes the others counts", async (t) => {
  const inner = included(APP), innermost = included(inner), other = included(APP);
  type Row = [parts: Part[], done: number[] | "conflict"];
  const rows: Record<string, Row> = {
    "the app's own, said last": [[inner, APP], [1]],
    "the app's own, said first": [[APP, inner], [0]],
    "the app's own before two that conflict": [[inner, other, APP], [2]],
    "an include's own before what it includes": [[innermost, inner], [1]],
    "the app's own before a nested one": [[innermost, APP], [1]],
    "two includes": [[inner, other], "conflict"],
    "an include and another's include": [[innermost, other], "conflict"],
    "twice the app's own": [[APP, inner, APP], "conflict"],
    "twice one include's own": [[inner, inner], "conflict"],
  };
  for (const [name, [parts, expected]] of Object.entries(rows)) {
    await t.step(name, () => {
      const done: number[] = [];
      const declarations = new Declarations(null);
      for (const [n, part] of parts.entries()) {
        say(declarations, "x", () => void done.push(n), part);
      }
      if (expected === "conflict") {
        assertThrows(() => declarations.execute(), ConfigurationConflictError);
        assertEquals(done, []);
      } else {
        declarations.execute();
        assertEquals(done, expected);
      }
    });
  }
});

Deno.test("a conflict names the rivals alone, not those that are beaten in any case", () => {
  const declarations = new Declarations(null);
  say(declarations, "x", () => {}, included(APP));
  say(declarations, "x");
  say(declarations, "x");
  const error = assertThrows(() => declarations.execute(), ConfigurationConflictError);
  assertEquals(error.places.length, 2);
});

Deno.test("Declarations.add() after close() is refused, naming the subject and the place", () => {
  const declarations = new Declarations(null);
  declarations.close();
  const error = assertThrows(() => say(declarations, 'route "late"'), ConfigurationError);
  assertEquals(
    error.message.replace(/file:\S+\/(?=declarations)/, "").replace(/:\d+/, ":n"),
    'Cannot declare route "late" at declarations_test.ts:n: the app was already made: state it before makeApp()',
  );
  assertThrows(() => say(declarations, null), ConfigurationError, "Cannot declare anything at ");
});
