/**
 * `chooseView`: which of several views answers.
 *
 * @module
 */

import { assertEquals, assertStrictEquals } from "jsr:@std/assert@^1.0.0";
import type { ChosenBy } from "../../lib/app/routed_view.ts";
import { chooseView } from "../../lib/app/router.ts";
import { AcceptPredicate } from "../../lib/views/predicates/accept.ts";
import { MethodPredicate } from "../../lib/views/predicates/method.ts";
import { sampleRequest } from "../sample_app.ts";

interface Named extends ChosenBy {
  readonly name: string;
}

/** A view and the answers of its predicates; what was asked is written down. */
function viewOf(
  name: string,
  answers: readonly (boolean | Promise<boolean>)[],
  asked: string[] = [],
  options: Partial<Named> = {},
): Named {
  const predicates = answers.map((answer, at) => ({
    text: `${name}${at}`,
    holds() {
      asked.push(`${name}${at}`);
      return answer;
    },
  }));
  return {
    name,
    methods: new MethodPredicate("*"),
    predicates,
    accept: null,
    weight: predicates.length,
    ...options,
  };
}

const request = sampleRequest("https://app.test/", {
  headers: { accept: "text/html;q=0.5, application/json" },
});

Deno.test("chooseView() takes the first view whose predicates hold, and asks nobody behind it", () => {
  const asked: string[] = [];
  const views = [
    viewOf("a", [true, false, true], asked),
    viewOf("b", [true], asked, { methods: new MethodPredicate("POST") }),
    viewOf("c", [true], asked),
    viewOf("d", [true], asked),
  ];
  assertStrictEquals(chooseView(views, request, "GET"), views[2]);
  assertEquals(asked, ["a0", "a1", "c0"]);
  assertStrictEquals(chooseView(views.slice(0, 2), request, "GET"), undefined);
  assertStrictEquals(chooseView([], request, "GET"), undefined);
});

Deno.test("chooseView() waits for a predicate before it asks the next, and goes on behind it", async () => {
  const asked: string[] = [];
  const views = [
    viewOf("a", [Promise.resolve(true), Promise.resolve(false), true], asked),
    viewOf("b", [false], asked),
    viewOf("c", [true, Promise.resolve(true)], asked),
    viewOf("d", [true], asked),
  ];
  const choosing = chooseView(views, request, "GET");
  assertEquals(asked, ["a0"]);
  assertStrictEquals(await choosing, views[2]);
  assertEquals(asked, ["a0", "a1", "b0", "c0", "c1"]);
});

Deno.test("chooseView() prefers the quality that Accept gives among views that state as much", () => {
  const accepting = (type: string, weight: number) =>
    viewOf(type, [true], [], { accept: new AcceptPredicate(type), weight });
  const page = accepting("text/html", 1), data = accepting("application/json", 1);
  assertStrictEquals(chooseView([page, data], request, "GET"), data);
  const stated = accepting("text/html", 2);
  assertStrictEquals(chooseView([stated, data], request, "GET"), stated);
});
