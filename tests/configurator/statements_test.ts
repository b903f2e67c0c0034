/**
 * `Statements`: statements, and whether they contradict each other.
 *
 * @module
 */

import { assertEquals, assertInstanceOf, assertThrows } from "jsr:@std/assert@^1.0.0";
import { ConfigurationError } from "../../lib/configuration_error.ts";
import { ConfigurationConflictError, Statements } from "../../lib/configurator/statements.ts";
import { ownPart, Part } from "../../lib/configurator/includes.ts";
import { SourceLocation } from "../../lib/source_location.ts";

const APP = ownPart();
const included = (parent: Part): Part => new Part(parent);

function say(
  statements: Statements<null>,
  subject: string | null,
  apply: () => void = () => {},
  part: Part = APP,
): void {
  statements.add({
    subject,
    identity: "",
    about: "part",
    place: new SourceLocation(),
    part,
    apply,
  });
}

Deno.test("Statements.execute() carries statements out in their order, none before", () => {
  const done: string[] = [];
  const statements = new Statements(null);
  for (const subject of ["b", "a", "c"]) say(statements, subject, () => void done.push(subject));
  assertEquals(done, []);
  statements.execute();
  assertEquals(done, ["b", "a", "c"]);
});

Deno.test("Statements carries each statement out once, however often it is told to", () => {
  const done: string[] = [];
  const statements = new Statements(null);
  say(statements, "a", () => void done.push("a"));
  statements.execute();
  statements.execute();
  say(statements, "b", () => void done.push("b"));
  statements.close();
  statements.close();
  assertEquals(done, ["a", "b"]);
});

Deno.test("Statements.execute() refuses one subject twice, naming every place, and does nothing", () => {
  let done = 0;
  const statements = new Statements(null);
  const apply = () => void done++;
  say(statements, "x", apply);
  for (let i = 0; i < 3; i++) say(statements, 'route "home"', apply);
  const error = assertThrows(() => statements.execute(), ConfigurationConflictError);
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
  assertEquals(error.places.every((place) => /statements_test\.ts:\d+$/.test(place)), true);
});

Deno.test("Statements lets be repeated what has no subject", () => {
  let done = 0;
  const statements = new Statements(null);
  for (let i = 0; i < 2; i++) say(statements, null, () => void done++);
  statements.execute();
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
      const statements = new Statements(null);
      for (const [n, part] of parts.entries()) {
        say(statements, "x", () => void done.push(n), part);
      }
      if (expected === "conflict") {
        assertThrows(() => statements.execute(), ConfigurationConflictError);
        assertEquals(done, []);
      } else {
        statements.execute();
        assertEquals(done, expected);
      }
    });
  }
});

Deno.test("a conflict names the rivals alone, not those that are beaten in any case", () => {
  const statements = new Statements(null);
  say(statements, "x", () => {}, included(APP));
  say(statements, "x");
  say(statements, "x");
  const error = assertThrows(() => statements.execute(), ConfigurationConflictError);
  assertEquals(error.places.length, 2);
});

Deno.test("Statements takes what is about the app as a whole from the first inclusion of a callable alone", () => {
  const done: string[] = [];
  const statements = new Statements(null);
  const again = new Part(APP, {
    prefix: "/b",
    repetition: ' included under "/b"',
    isRepeated: true,
  });
  for (const part of [included(APP), again]) {
    for (const about of ["app", "scope", "part"] as const) {
      const apply = () => void done.push(`${part.prefix} ${about}`);
      statements.add({
        subject: null,
        identity: "",
        about,
        place: new SourceLocation(),
        part,
        apply,
      });
    }
  }
  statements.close();
  assertEquals(done, [" app", " scope", " part", "/b part"]);
});

Deno.test("Statements.add() after close() is refused, naming the subject and the place", () => {
  const statements = new Statements(null);
  statements.close();
  const error = assertThrows(() => say(statements, 'route "late"'), ConfigurationError);
  assertEquals(
    error.message.replace(/file:\S+\/(?=statements)/, "").replace(/:\d+/, ":n"),
    'Cannot declare route "late" at statements_test.ts:n: the app was already made: write this call before makeApp()',
  );
  assertThrows(() => say(statements, null), ConfigurationError, "Cannot declare anything at ");
});
