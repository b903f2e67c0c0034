/**
 * The active span, by the names of the API that other copies of it use.
 *
 * @module
 */

import { assertEquals, assertStrictEquals } from "jsr:@std/assert@^1.0.0";
import { activeSpan } from "../../lib/operations/active_span.ts";
import { FakeSpan, withApi } from "./registered_api.ts";

Deno.test("activeSpan gives the span of the context that is active", () => {
  const span = new FakeSpan();
  withApi(span, () => assertStrictEquals(activeSpan(), span));
  assertEquals(activeSpan(), undefined);
});

Deno.test("activeSpan gives nothing where there is nothing to write to", async (t) => {
  const span = new FakeSpan();
  const active = () => ({ getValue: () => span });
  const rows: Record<string, unknown> = {
    "no span": { context: { active: () => ({ getValue: () => undefined }) } },
    "a span that is not recorded": {
      context: { active: () => ({ getValue: () => new FakeSpan(false) }) },
    },
    "an object that is no span": { context: { active: () => ({ getValue: () => ({}) }) } },
    "no context": {},
    "a context without active()": { context: {} },
    "an API that is null": null,
    "an API that is a text": "1.9.0",
    "nothing active": { context: { active: () => null } },
  };
  for (const [name, api] of Object.entries(rows)) {
    await t.step(name, () => withApi(api, () => assertEquals(activeSpan(), undefined)));
  }
  await t.step("a context manager that is a class, as that of Deno", () => {
    const context = Object.assign(class {}, { active });
    withApi({ context }, () => assertStrictEquals(activeSpan(), span));
  });
});
