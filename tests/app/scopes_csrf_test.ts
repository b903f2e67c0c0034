/**
 * CSRF checks of scoped parts, and who answers what they refuse.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import {
  BadCsrfOrigin,
  BadCsrfToken,
  Configurator,
  csrfField,
  html,
  signedCookieSessionFactory,
} from "@pyramidion/pyramidion";
import { TestClient } from "@pyramidion/pyramidion/testing";
import { form, textOf } from "../ask.ts";
import { recordingLogger, SAMPLE_SECRET } from "../sample_app.ts";

function withSessions(): Configurator {
  return new Configurator({
    logger: recordingLogger(),
    sessionFactory: signedCookieSessionFactory(SAMPLE_SECRET),
  });
}

/** A form, and what becomes of it. */
function forms(config: Configurator): void {
  config.addRoute("form", "/form", {
    view: async (request) => html`<form method="post">${csrfField(await request.session)}</form>`,
  }).addView(() => html`saved`, { routeName: "form", requestMethod: "POST" });
}

const SAME_SITE = { headers: { "sec-fetch-site": "same-origin" } };

Deno.test("the CSRF options of a scoped part hold for its routes", async (t) => {
  const rows: Record<string, [app: Configurator, answers: Record<string, number>]> = {
    "the part demands a token": [
      withSessions().include(forms)
        .include((config) => {
          config.include(forms);
          config.setDefaultCsrfOptions();
        }, { routePrefix: "/api", scoped: true }),
      { "/form": 200, "/api/form": 403 },
    ],
    "the app demands one, and the part does not": [
      withSessions().include(forms).setDefaultCsrfOptions()
        .include((config) => {
          config.include(forms);
          config.setDefaultCsrfOptions({ requireCsrf: false });
        }, { routePrefix: "/api", scoped: true }),
      { "/form": 403, "/api/form": 200 },
    ],
    "the part states nothing": [
      withSessions().include(forms).setDefaultCsrfOptions()
        .include(forms, { routePrefix: "/api", scoped: true }),
      { "/form": 403, "/api/form": 403 },
    ],
    "an exemption of the app does not hold in a part with options of its own": [
      withSessions().include(forms).setDefaultCsrfOptions({ insecureExempt: () => true })
        .include((config) => {
          config.include(forms);
          config.setDefaultCsrfOptions();
        }, { routePrefix: "/api", scoped: true }),
      { "/form": 200, "/api/form": 403 },
    ],
  };
  for (const [name, [config, answers]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const client = new TestClient(config.makeApp());
      for (const [path, status] of Object.entries(answers)) {
        const response = await client.fetch(path, { ...form({ a: "b" }), ...SAME_SITE });
        assertEquals(response.status, status, path);
      }
    });
  }
});

Deno.test("what CSRF checks of a part refuse is answered by the part", async () => {
  const app = withSessions()
    .addExceptionView(() => html`app`, { context: BadCsrfToken })
    .include((config) => {
      config.include(forms);
      config.setDefaultCsrfOptions()
        .addExceptionView(() => html`no token`, { context: BadCsrfToken })
        .addExceptionView(() => html`another site`, { context: BadCsrfOrigin });
    }, { routePrefix: "/api", scoped: true }).makeApp();
  const send = (site: string) =>
    textOf(app, "/api/form", { ...form({ a: "b" }), headers: { "sec-fetch-site": site } });
  assertEquals([await send("same-origin"), await send("cross-site")], [
    "403 no token",
    "403 another site",
  ]);
});

Deno.test("csrfField() names the field of the part, also if a tween of the app read the session", async () => {
  const app = withSessions()
    .setDefaultCsrfOptions({ token: "of_app" })
    .include(forms)
    .include((config) => {
      config.include(forms);
      config.setDefaultCsrfOptions({ token: "of_part" });
    }, { routePrefix: "/api", scoped: true })
    .addTween((handler) => async (request) => {
      await request.session;
      return await handler(request);
    }).makeApp();
  assertMatch(await textOf(app, "/form"), /name="of_app"/);
  assertMatch(await textOf(app, "/api/form"), /name="of_part"/);
  const client = new TestClient(app);
  for (const path of ["/form", "/api/form"]) {
    const response = await (await client.open(path)).form().submit({});
    assertEquals(response.text, "saved", path);
  }
});

Deno.test("a part judges the origin of a request anew, whatever the app has said", async () => {
  const app = withSessions()
    .addTween((handler) => async (request) => {
      await request.session.catch(() => {});
      return await handler(request);
    })
    .include((config) => {
      config.setDefaultCsrfOptions({ requireCsrf: false, checkOrigin: false })
        .addRoute("hook", "/hook", {
          requestMethod: "POST",
          view: async (request) => html`${String((await request.session).isNew)}`,
        });
    }, { routePrefix: "/api", scoped: true }).makeApp();
  const response = await textOf(app, "/api/hook", {
    method: "POST",
    headers: { "sec-fetch-site": "cross-site", origin: "https://other.test" },
  });
  assert(response === "true", response);
});
