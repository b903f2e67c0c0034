/**
 * Who a visitor is, and what this visitor may.
 *
 * @module
 */

import {
  assertEquals,
  assertMatch,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "jsr:@std/assert@^1.0.0";
import {
  ConfigurationError,
  Configurator,
  html,
  HttpForbidden,
  HttpNotFound,
  NO_PERMISSION_REQUIRED,
  redirect,
  type SecurityPolicy,
  signedCookieSessionFactory,
  viewConfig,
} from "@pyramidion/pyramidion";
import type { Permission } from "@pyramidion/pyramidion/types";
import { ask, textOf } from "../ask.ts";
import { recordingLogger, SAMPLE_SECRET } from "../sample_app.ts";
import { UNDECIDED } from "./undecided.ts";

interface User {
  readonly name: string;
  readonly may: readonly string[];
}

/** Knows users by the header `X-User: name read,write`, and counts how often it is asked. */
function headerPolicy() {
  const asked = { identity: 0, permits: [] as unknown[][] };
  const policy: SecurityPolicy<Record<string, unknown>, User> = {
    identity({ headers }) {
      asked.identity++;
      const [name, may = ""] = headers.get("x-user")?.split(" ") ?? [];
      return name === undefined ? null : { name, may: may.split(",") };
    },
    async permits(request, context, permission) {
      asked.permits.push([context, permission]);
      const user = await request.identity;
      return user?.may.includes(permission) ?? false;
    },
  };
  return { policy, asked };
}

const as = (user: string): RequestInit => ({ headers: { "x-user": user } });

Deno.test("a view with a permission answers those whom the policy permits it, and nobody else", async (t) => {
  const rows: Record<string, [init: RequestInit, status: number]> = {
    "nobody": [{}, 403],
    "who may": [as("ada read"), 200],
    "who may something else": [as("ada write"), 403],
    "who may what begins like it": [as("ada reading"), 403],
  };
  for (const [name, [init, status]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { policy } = headerPolicy();
      let answered = 0;
      const app = new Configurator().setSecurityPolicy(policy).addRoute("x", "/x")
        .addView(() => (answered++, html`x`), { routeName: "x", permission: "read" }).makeApp();
      assertEquals((await ask(app, "/x", init)).status, status);
      assertEquals(answered, status === 200 ? 1 : 0);
    });
  }
});

Deno.test("setDefaultPermission() holds for every view that states none; NO_PERMISSION_REQUIRED frees it", async () => {
  const { policy } = headerPolicy();
  const views = {
    marked: viewConfig({ routeName: "marked" }, () => html`marked`),
  };
  const app = new Configurator()
    .setDefaultPermission("read")
    .addRoute("default", "/default", { view: () => html`default` })
    .addRoute("own", "/own").addView(() => html`own`, { routeName: "own", permission: "write" })
    .addRoute("free", "/free")
    .addView(() => html`free`, { routeName: "free", permission: NO_PERMISSION_REQUIRED })
    .addRoute("marked", "/marked").scan(views)
    .addNotFoundView(() => html`nothing`)
    .setSecurityPolicy(policy)
    .makeApp();
  const statuses = async (init: RequestInit) => {
    const statuses: Record<string, number> = {};
    for (const path of ["default", "own", "free", "marked"]) {
      statuses[path] = (await ask(app, `/${path}`, init)).status;
    }
    return statuses;
  };
  assertEquals(await statuses({}), { default: 403, own: 403, free: 200, marked: 403 });
  assertEquals(await statuses(as("ada read")), { default: 200, own: 403, free: 200, marked: 200 });
  assertEquals(await statuses(as("ada write")), { default: 403, own: 200, free: 200, marked: 403 });
  assertEquals(await textOf(app, "/nothing"), "404 nothing");
});

Deno.test("the report says which permission each view demands", () => {
  const permissionOf = (permission?: Permission) => {
    const app = new Configurator().setDefaultPermission("read")
      .setSecurityPolicy(headerPolicy().policy).addRoute("x", "/x")
      .addView(() => html`x`, {
        routeName: "x",
        ...(permission === undefined ? {} : { permission }),
      })
      .makeApp();
    return app.report.routes[0]?.views[0]?.permission;
  };
  assertEquals([permissionOf(), permissionOf("write"), permissionOf(NO_PERMISSION_REQUIRED)], [
    "read",
    "write",
    undefined,
  ]);
});

Deno.test("request.identity is asked at most once a request, and typed by the policy", async () => {
  const { policy, asked } = headerPolicy();
  const app = new Configurator().setSecurityPolicy(policy)
    .addRoute("x", "/x")
    .addView(async (request) => {
      const user = await request.identity;
      return html`${user?.name} ${(await request.identity)?.may.length}`;
    }, { routeName: "x", permission: "read" })
    .addRoute("y", "/y", { view: () => html`y` })
    .makeApp();
  assertEquals(await textOf(app, "/x", as("ada read,write")), "ada 2");
  assertEquals(asked.identity, 1);
  assertEquals(await textOf(app, "/y"), "y");
  assertEquals(asked.identity, 1);
});

Deno.test("request.identity is null without a policy, and for nobody", async () => {
  const identity = async (config: Configurator) =>
    await textOf(
      config.addRoute("x", "/x", {
        view: async (request) => html`${String(await request.identity)}`,
      }).makeApp(),
      "/x",
    );
  assertEquals(await identity(new Configurator()), "null");
  const undefinedPolicy: SecurityPolicy = { identity: () => undefined, permits: () => true };
  const config = new Configurator();
  config.setSecurityPolicy(undefinedPolicy);
  assertEquals(await identity(config), "null");
});

Deno.test("request.hasPermission() asks the policy about the route's context, or another", async () => {
  const { policy, asked } = headerPolicy();
  let made = 0;
  const app = new Configurator().setSecurityPolicy(policy)
    .addRoute("page", "/pages/:id", {
      factory: async ({ matchdict }) => {
        made++;
        await Promise.resolve();
        if (matchdict.id === "0") throw new HttpNotFound();
        return `page ${matchdict.id}`;
      },
    })
    .addView(async (request) => {
      const may = [
        await request.hasPermission("write"),
        await request.hasPermission("read", "other"),
      ];
      return html`${may.join(" ")} ${String(await request.context)}`;
    }, { routeName: "page", permission: "read" })
    .makeApp();
  assertEquals(await textOf(app, "/pages/7", as("ada read")), "false true page 7");
  assertEquals(asked.permits, [["page 7", "read"], ["page 7", "write"], ["other", "read"]]);
  assertEquals(made, 1);
  assertEquals((await ask(app, "/pages/0", as("ada read"))).status, 404);
});

Deno.test("request.context is what the route's factory made, once for each match, and undefined without one", async () => {
  const context = { name: "context" };
  let made = 0;
  const app = new Configurator()
    .addRoute("x", "/x", {
      factory: () => (made++, context),
      view: (request) => {
        assertStrictEquals(request.context, context);
        assertStrictEquals(request.context, context);
        return html`x`;
      },
    })
    .addRoute("unread", "/unread", { factory: () => made++, view: () => html`unread` })
    .addRoute("none", "/none", { view: (request) => html`${String(request.context)}` })
    .makeApp();
  assertEquals(await textOf(app, "/x"), "x");
  assertEquals(await textOf(app, "/unread"), "unread");
  assertEquals(await textOf(app, "/none"), "undefined");
  assertEquals(made, 2);
});

Deno.test("request.hasPermission() is true without a policy", async () => {
  const app = new Configurator().addRoute("x", "/x", {
    view: async (request) => html`${String(await request.hasPermission("anything"))}`,
  }).makeApp();
  assertEquals(await textOf(app, "/x"), "true");
});

Deno.test("addForbiddenView() answers whom the policy refuses, and what is thrown as forbidden", async () => {
  const app = new Configurator().setSecurityPolicy(headerPolicy().policy)
    .addRoute("x", "/x").addView(() => html`x`, { routeName: "x", permission: "read" })
    .addRoute("y", "/y", {
      view: () => {
        throw new HttpForbidden("not you");
      },
    })
    .addForbiddenView((error, request) =>
      error.detail === "not you" ? html`no` : redirect(`/login?from=${request.url.pathname}`)
    )
    .makeApp();
  const response = await ask(app, "/x");
  assertEquals([response.status, response.headers.get("location")], [302, "/login?from=/x"]);
  assertEquals(await textOf(app, "/y"), "403 no");
});

Deno.test("what a policy throws is answered by exception views, and the view is not asked", async () => {
  const logger = recordingLogger();
  let asked = 0;
  const app = new Configurator({ logger })
    .setSecurityPolicy({
      identity: () => Promise.reject(new Error("the directory is down")),
      permits: async (request) => await request.identity !== null,
    })
    .addRoute("x", "/x").addView(() => (asked++, html`x`), { routeName: "x", permission: "read" })
    .makeApp();
  assertEquals((await ask(app, "/x")).status, 500);
  assertEquals([asked, logger.errors.length], [0, 1]);
});

Deno.test("the permission is asked before CSRF, and before the body is read", async () => {
  const app = new Configurator({ sessionFactory: signedCookieSessionFactory(SAMPLE_SECRET) })
    .setSecurityPolicy(headerPolicy().policy).setDefaultCsrfOptions()
    .addRoute("x", "/x")
    .addView(() => html`x`, { routeName: "x", requestMethod: "POST", permission: "read" })
    .addForbiddenView(({ name }) => html`${name}`)
    .makeApp();
  assertEquals(await textOf(app, "/x", { method: "POST" }), "403 HttpForbidden");
  assertEquals(await textOf(app, "/x", { method: "POST", ...as("ada read") }), "403 BadCsrfOrigin");
});

Deno.test("permits() grants by true alone: anything else is a TypeError that names the place", async (t) => {
  const ways: Record<string, (value: () => unknown) => () => unknown> = {
    "at once": (value) => () => value(),
    "by a promise": (value) => () => Promise.resolve().then(value),
  };
  for (const [name, value] of Object.entries(UNDECIDED)) {
    for (const [way, answering] of Object.entries(ways)) {
      await t.step(`${name}, ${way}`, async () => {
        const logger = recordingLogger();
        let answered = 0;
        const app = new Configurator({ logger })
          // The compiler refuses it, which a user of JavaScript does not see.
          .setSecurityPolicy({ identity: () => null, permits: answering(value) as never })
          .addRoute("x", "/x")
          .addView(() => (answered++, html`x`), { routeName: "x", permission: "read" })
          .makeApp();
        assertEquals([(await ask(app, "/x")).status, answered], [500, 0]);
        assertEquals(logger.errors.length, 1);
        assertMatch(
          String(logger.errors[0]?.cause),
          /^TypeError: Cannot use the answer of permits\(\) of the security policy set at file:\S+\/security_test\.ts:\d+: must be true or false, not /,
        );
      });
    }
  }
  for (const allowed of [true, false]) {
    for (const [way, answering] of Object.entries(ways)) {
      await t.step(`${allowed}, ${way}`, async () => {
        const app = new Configurator()
          .setSecurityPolicy({ identity: () => 7, permits: answering(() => allowed) as never })
          .addRoute("x", "/x").addView(() => html`x`, { routeName: "x", permission: "read" })
          .makeApp();
        assertEquals((await ask(app, "/x")).status, allowed ? 200 : 403);
      });
    }
  }
});

Deno.test("request.hasPermission() rejects where permits() says anything but true or false", async (t) => {
  for (const [name, value] of Object.entries(UNDECIDED)) {
    await t.step(name, async () => {
      const app = new Configurator({ logger: recordingLogger() })
        .setSecurityPolicy({ identity: () => null, permits: (() => value()) as never })
        .addRoute("x", "/x", {
          view: async (request) => {
            const error = await assertRejects(() => request.hasPermission("read"), TypeError);
            return html`${String(error.message.includes("security_test.ts:"))}`;
          },
        }).makeApp();
      assertEquals(await textOf(app, "/x"), "true");
    });
  }
});

Deno.test("an answer of permits() that is none does not count for the next request", async () => {
  const answers = [true, "no", false, true];
  const app = new Configurator({ logger: recordingLogger() })
    .setSecurityPolicy({ identity: () => 7, permits: (() => answers.shift()) as never })
    .addRoute("x", "/x").addView(() => html`x`, { routeName: "x", permission: "read" })
    .makeApp();
  const statuses: number[] = [];
  while (answers.length > 0) statuses.push((await ask(app, "/x")).status);
  assertEquals(statuses, [200, 500, 403, 200]);
});

Deno.test("a permission without a policy is refused when the app is made, naming the view", () => {
  const config = new Configurator().addRoute("x", "/x")
    .addView(function show() {
      return html`x`;
    }, { routeName: "x", permission: "read" });
  const { message } = assertThrows(() => config.makeApp(), ConfigurationError);
  assertEquals(
    message.replace(/file:\S+\/(security_test\.ts):\d+/, "$1"),
    "Cannot grant the permission of view show at security_test.ts: the app has no security policy: call config.setSecurityPolicy()",
  );
  assertThrows(
    () => new Configurator().setDefaultPermission("read").makeApp(),
    ConfigurationError,
    "Cannot grant the default permission: the app has no security policy: call config.setSecurityPolicy()",
  );
});

Deno.test("NO_PERMISSION_REQUIRED needs no policy", async () => {
  const app = new Configurator().addRoute("x", "/x")
    .addView(() => html`x`, { routeName: "x", permission: NO_PERMISSION_REQUIRED }).makeApp();
  assertEquals(await textOf(app, "/x"), "x");
});

Deno.test("a policy that says that it reads the session is refused without a session factory", () => {
  const policy: SecurityPolicy = { usesSession: true, identity: () => null, permits: () => true };
  assertThrows(
    () => new Configurator().setSecurityPolicy(policy).makeApp(),
    ConfigurationError,
    "Cannot use the security policy: it reads the session, and the app has no session factory: call config.setSessionFactory()",
  );
  new Configurator({ sessionFactory: signedCookieSessionFactory(SAMPLE_SECRET) })
    .setSecurityPolicy(policy).makeApp();
});

Deno.test("a permission that the policy grants to nobody is a TypeError, unless it is foreseen", async (t) => {
  const rows: Record<string, [ofPolicy: unknown, ofView: unknown, status: number]> = {
    "nothing is stated": [undefined, undefined, 500],
    "the view foresees it": [undefined, true, 200],
    "the policy foresees it": [true, undefined, 200],
    "both say no": [false, false, 500],
  };
  for (const [name, [ofPolicy, ofView, status]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const logger = recordingLogger();
      let answered = 0;
      const app = new Configurator({ logger })
        .setSecurityPolicy({
          ...(ofPolicy === undefined ? {} : { permitsAnonymous: ofPolicy as never }),
          identity: () => null,
          permits: () => true,
        })
        .addRoute("x", "/x")
        .addView(function read() {
          answered++;
          return html`x`;
        }, {
          routeName: "x",
          permission: "read",
          ...(ofView === undefined ? {} : { permitsAnonymous: ofView as boolean }),
        })
        .makeApp();
      assertEquals((await ask(app, "/x")).status, status);
      assertEquals(answered, status === 200 ? 1 : 0);
      const causes = logger.errors.map(({ cause }) => String(cause));
      assertEquals(
        causes,
        status === 200 ? [] : [
          'TypeError: Cannot call view read: permits() granted "read" to a visitor who is not signed in: let it return false, or state permitsAnonymous: true with the view or the policy',
        ],
      );
    });
  }
});

Deno.test("the default permission too is for visitors who are signed in", async () => {
  const app = new Configurator({ logger: recordingLogger() })
    .setSecurityPolicy({ identity: () => null, permits: () => true })
    .setDefaultPermission("read")
    .addRoute("x", "/x", { view: () => html`x` })
    .addRoute("free", "/free")
    .addView(() => html`free`, { routeName: "free", permission: NO_PERMISSION_REQUIRED })
    .makeApp();
  assertEquals((await ask(app, "/x")).status, 500);
  assertEquals(await textOf(app, "/free"), "free");
});

Deno.test("request.hasPermission() may be true for a visitor who is not signed in", async () => {
  const app = new Configurator()
    .setSecurityPolicy({ identity: () => null, permits: () => true })
    .addRoute("y", "/y", {
      view: async (request) => html`${String(await request.hasPermission("y"))}`,
    })
    .makeApp();
  assertEquals(await textOf(app, "/y"), "true");
});

Deno.test("the options securityPolicy and settings of the Configurator are statements like those of the methods", async () => {
  const { policy } = headerPolicy();
  const app = new Configurator({ securityPolicy: policy, settings: { title: "Notes" } })
    .addRoute("x", "/x")
    .addView(
      async (request) => html`${(await request.identity).name} ${request.settings.title}`,
      { routeName: "x", permission: "read" },
    )
    .makeApp();
  assertEquals(await textOf(app, "/x", as("ada read")), "ada Notes");
  assertEquals((await ask(app, "/x")).status, 403);
  const twice = new Configurator({ securityPolicy: policy });
  twice.setSecurityPolicy(policy);
  assertThrows(() => twice.makeApp(), ConfigurationError, "the security policy twice");
  assertThrows(
    () => new Configurator({ securityPolicy: { identity: () => null } as never }),
    ConfigurationError,
    'Cannot use option "securityPolicy" of the Configurator',
  );
  const wrong = { ...policy, permitsAnonymous: "yes" as never };
  assertThrows(() => new Configurator({ securityPolicy: wrong }), ConfigurationError);
});

Deno.test("authenticatedUserId and isAuthenticated are what the policy says", async (t) => {
  interface Row {
    readonly identity: unknown;
    readonly userId?: (identity: unknown) => string | null | Promise<string | null>;
    readonly expected: readonly [userId: unknown, isAuthenticated: unknown];
  }
  const rows: Readonly<Record<string, Row>> = {
    "nobody": { identity: null, expected: [null, false] },
    "nobody, by undefined": { identity: undefined, expected: [null, false] },
    "nobody, whatever the id is": { identity: null, userId: () => "eve", expected: [null, false] },
    "an identity that is text": { identity: "ada", expected: ["ada", true] },
    "an identity with an id": {
      identity: { id: 7 },
      userId: () => Promise.resolve("7"),
      expected: ["7", true],
    },
    "an identity that is no user": {
      identity: "a key",
      userId: () => null,
      expected: [null, false],
    },
    "an identity without an id": { identity: { id: 7 }, expected: ["TypeError", true] },
    "an id that is a number": {
      identity: "ada",
      userId: () => 7 as never,
      expected: ["TypeError", "TypeError"],
    },
    "an empty id": { identity: "ada", userId: () => "", expected: ["TypeError", "TypeError"] },
    "an id of undefined": {
      identity: "ada",
      userId: () => undefined as never,
      expected: ["TypeError", "TypeError"],
    },
  };
  for (const [name, { identity, userId, expected }] of Object.entries(rows)) {
    await t.step(name, async () => {
      const settled = async (promise: Promise<unknown>) => {
        try {
          return await promise;
        } catch (error) {
          return error instanceof Error ? error.name : error;
        }
      };
      const app = new Configurator({
        securityPolicy: {
          identity: () => identity,
          permits: () => true,
          ...(userId === undefined ? {} : { authenticatedUserId: userId }),
        },
      })
        .addRoute("x", "/x", {
          view: async (request) =>
            html`${
              JSON.stringify([
                await settled(request.authenticatedUserId),
                await settled(request.isAuthenticated),
              ])
            }`,
        })
        .makeApp();
      const page = await textOf(app, "/x");
      assertEquals(JSON.parse(page.replaceAll("&quot;", '"')), expected);
    });
  }
});

Deno.test("without a policy nobody is authenticated", async () => {
  const app = new Configurator().addRoute("x", "/x", {
    view: async (request) =>
      html`${await request.authenticatedUserId ?? "nobody"} ${
        String(await request.isAuthenticated)
      }`,
  }).makeApp();
  assertEquals(await textOf(app, "/x"), "nobody false");
});

Deno.test("setSecurityPolicy() refuses an authenticatedUserId that is no function", () => {
  const policy = { identity: () => null, permits: () => false, authenticatedUserId: "ada" };
  assertThrows(
    () => new Configurator().setSecurityPolicy(policy as never),
    ConfigurationError,
    "authenticatedUserId of the security policy: must be a function",
  );
});
