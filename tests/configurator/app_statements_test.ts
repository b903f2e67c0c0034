/**
 * The statements about an app as a whole: what each is about, and what it changes in a plan.
 *
 * @module
 */

import { assert, assertEquals, assertStrictEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { ConfigurationError, NewRequest, type SecurityPolicy } from "@pyramidion/pyramidion";
import * as stated from "../../lib/configurator/app_statements.ts";
import { ownPart } from "../../lib/configurator/includes.ts";
import { Plan } from "../../lib/configurator/plan.ts";
import type { Statement } from "../../lib/configurator/statements.ts";
import { SourceLocation } from "../../lib/source_location.ts";

const source = { part: ownPart(), place: new SourceLocation() };
const policy: SecurityPolicy<object> = { identity: () => null, permits: () => true };

const ROWS: Record<
  string,
  [statement: Statement<Plan<object>>, subject: string | null, of: (plan: Plan<object>) => unknown]
> = {
  "statedRequestMethod": [
    stated.statedRequestMethod("now", () => 1, { property: true }, source),
    'request method "now"',
    ({ requestMethods }) => requestMethods.get("now")?.isProperty,
  ],
  "statedTween": [
    stated.statedTween((handler) => handler, { name: "timed" }, source),
    'tween "timed"',
    ({ tweens }) => tweens.get("timed")?.name,
  ],
  "statedDeriver": [
    stated.statedDeriver((handler) => handler, { name: "traced" }, source),
    'view deriver "traced"',
    ({ derivers }) => derivers.get("traced")?.under.join(),
  ],
  "statedSubscriber": [
    stated.statedSubscriber({ event: NewRequest, subscriber: () => {} }, source),
    null,
    ({ subscriptions }) => subscriptions.length === 1,
  ],
  "statedRenderer": [
    stated.statedRenderer("csv", () => new Response(), source),
    'renderer "csv"',
    ({ renderers }) => renderers.has("csv"),
  ],
  "statedPredicate, of views": [
    stated.statedPredicate(
      "view predicate",
      "local",
      () => ({ text: "", holds: () => true }),
      source,
    ),
    'view predicate "local"',
    ({ viewPredicates, routePredicates }) =>
      viewPredicates.has("local") && routePredicates.size === 0,
  ],
  "statedPredicate, of routes": [
    stated.statedPredicate(
      "route predicate",
      "local",
      () => ({ text: "", holds: () => true }),
      source,
    ),
    'route predicate "local"',
    ({ viewPredicates, routePredicates }) =>
      routePredicates.has("local") && viewPredicates.size === 0,
  ],
  "statedSecurityPolicy": [
    stated.statedSecurityPolicy(policy, source),
    "the security policy",
    ({ securityPolicy }) => securityPolicy?.policy === policy,
  ],
  "statedDefaultPermission": [
    stated.statedDefaultPermission("edit", source),
    "the default permission",
    ({ defaultPermission }) => defaultPermission,
  ],
  "statedCsrfOptions": [
    stated.statedCsrfOptions({ token: "t" }, source),
    "the CSRF options",
    ({ csrf }) => csrf?.options.token,
  ],
  "statedBodyLimits": [
    stated.statedBodyLimits({ maxBytes: 7 }, source),
    "the default limits for bodies",
    ({ bodyLimits }) => bodyLimits?.maxBytes,
  ],
};

Deno.test("a statement about the app names its subject and its source, and changes the plan", async (t) => {
  for (const [name, [statement, subject, of]] of Object.entries(ROWS)) {
    await t.step(name, () => {
      assertEquals(statement.subject, subject);
      assertEquals(statement.about, name === "statedRequestMethod" ? "app" : "scope");
      assertStrictEquals(statement.part, source.part);
      assertStrictEquals(statement.place, source.place);
      const plan = new Plan<object>(false);
      const before = of(plan);
      statement.apply(plan, "key");
      assert(of(plan) !== before && of(plan) !== undefined);
    });
  }
});

Deno.test("a statement about the app is refused before it is recorded", () => {
  assertThrows(() => stated.statedDefaultPermission("", source), ConfigurationError);
  assertThrows(() => stated.statedRenderer("", () => new Response(), source), ConfigurationError);
  assertThrows(() => stated.statedTween((handler) => handler, { name: "main" }, source));
  assertThrows(() => stated.statedCsrfOptions({ token: null, header: null }, source));
});
