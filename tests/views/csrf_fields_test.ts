/**
 * The hidden fields of a form: `csrfField()` and `onceField()`.
 *
 * @module
 */

import { assertEquals, assertMatch, assertNotEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  Configurator,
  csrfField,
  type CsrfOptions,
  html,
  onceField,
  type Session,
  type SessionFactory,
  signedCookieSessionFactory,
  storedSessionFactory,
} from "@pyramidion/pyramidion";
import { memoryStore } from "@pyramidion/pyramidion/stores/memory";
import { dummyRequest, TestClient } from "@pyramidion/pyramidion/testing";
import { recordingLogger, SAMPLE_SECRET } from "../sample_app.ts";

type Data = Record<string, unknown>;

/** Visits an app whose view writes a field. */
async function visit(
  write: (session: Session) => unknown,
  sessionFactory: SessionFactory<Data> = signedCookieSessionFactory<Data>(SAMPLE_SECRET),
  csrf?: CsrfOptions,
) {
  let written: unknown;
  const config = new Configurator({ sessionFactory, logger: recordingLogger() });
  if (csrf !== undefined) config.setDefaultCsrfOptions(csrf);
  config.addRoute("form", "/", {
    view: async (request) => {
      written = write(await request.session);
      return html`form`;
    },
  });
  const visitor = new TestClient(config.makeApp());
  const response = await visitor.fetch("/");
  return { written: String(written), response };
}

Deno.test("csrfField() writes the token under the name that the app reads", async (t) => {
  const rows: Record<string, [csrf: CsrfOptions | undefined, name: string]> = {
    "no options": [undefined, "csrf_token"],
    "the default": [{}, "csrf_token"],
    "another name": [{ token: "_csrf" }, "_csrf"],
    "a name to escape": [{ token: 'a"><b>' }, "a&quot;&gt;&lt;b&gt;"],
  };
  for (const [name, [csrf, field]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { written } = await visit(csrfField, undefined, csrf);
      const [before, value] = written.split(' value="');
      assertEquals(before, `<input type="hidden" name="${field}"`);
      assertMatch(value ?? "", /^[\w.-]{43,}">$/);
    });
  }
  await t.step("the header alone carries it", async () => {
    const { response } = await visit(csrfField, undefined, { token: null });
    assertEquals(response.status, 500);
    const { written } = await visit(
      (session) =>
        assertThrows(() => csrfField(session), TypeError, "the app states token: null").name,
      undefined,
      { token: null },
    );
    assertEquals(written, "TypeError");
  });
  await t.step("a session of a test", async () => {
    const session = await dummyRequest().session;
    assertEquals(
      csrfField(session).toString(),
      `<input type="hidden" name="csrf_token" value="${session.getCsrfToken()}">`,
    );
  });
});

Deno.test("onceField() writes another token each time", async () => {
  const session = await dummyRequest().session;
  const one = onceField(session).toString(), other = onceField(session).toString();
  assertMatch(one, /^<input type="hidden" name="once_token" value="[\w-]{16}">$/);
  assertNotEquals(one, other);
});

Deno.test("onceField() begins a session where sessions live in a store, and nowhere else", async (t) => {
  const rows: Record<string, [SessionFactory<Data>, begins: boolean]> = {
    "in a cookie": [signedCookieSessionFactory<Data>(SAMPLE_SECRET), false],
    "in a store": [storedSessionFactory<Data>(memoryStore(), SAMPLE_SECRET), true],
  };
  for (const [name, [factory, begins]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { response } = await visit(onceField, factory);
      assertEquals(response.headers.getSetCookie().length > 0, begins);
    });
  }
});
