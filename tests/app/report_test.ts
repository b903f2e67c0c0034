/**
 * What a configuration added up to, and who would answer a request.
 *
 * @module
 */

import { assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import {
  Configurator,
  html,
  NO_PERMISSION_REQUIRED,
  not,
  signedCookieSessionFactory,
  viewConfig,
} from "@pyramidion/pyramidion";
import { ask } from "../ask.ts";
import { SAMPLE_SECRET, sampleRequest } from "../sample_app.ts";

const api = viewConfig(
  { routeName: "item", requestMethod: "PUT", header: "X-Api", permission: NO_PERMISSION_REQUIRED },
  () => html`api`,
);

const app = new Configurator({ sessionFactory: signedCookieSessionFactory(SAMPLE_SECRET) })
  .setSecurityPolicy({ identity: () => null, permits: () => true })
  .setDefaultPermission("read")
  .setDefaultCsrfOptions()
  .addRoute("old", "/items/:id", { requestMethod: "DELETE", header: "X-Old", requestParam: "v" })
  .addRoute("item", "/items/:id")
  .addView(() => html`json`, { routeName: "item", accept: "application/json" })
  .addView(() => html`page`, { routeName: "item", accept: "text/html", requireCsrf: false })
  .addView(function mine() {
    return html`mine`;
  }, { routeName: "item", matchParam: not("id=1"), requestParam: "mine" })
  .scan({ api })
  .addRoute("cdn", "https://cdn.test/:file")
  .makeApp();

Deno.test("report.routes has routes in their order, with views in the order of trial", () => {
  const [old, item, cdn] = app.report.routes;
  assertEquals([old?.name, old?.pattern, old?.isMatched, old?.views], [
    "old",
    "/items/:id",
    true,
    [],
  ]);
  assertEquals(old?.predicates, ["requestMethod DELETE", "header x-old", "requestParam v"]);
  assertEquals([cdn?.pattern, cdn?.isMatched], ["https://cdn.test/:file", false]);
  assertEquals(
    item?.views.map((
      { name, methods, predicates, permission, isCsrfChecked },
    ) => [name, methods, predicates, permission, isCsrfChecked]),
    [
      ["view mine", "GET HEAD", ["not matchParam id=1", "requestParam mine"], "read", true],
      ["view api", "PUT", ["header x-api"], undefined, true],
      ["a view", "GET HEAD", ["accept application/json"], "read", true],
      ["a view", "GET HEAD", ["accept text/html"], "read", false],
    ],
  );
  for (const { place } of [...app.report.routes, ...item?.views ?? []]) {
    assertMatch(place, /\/report_test\.ts:\d+$/);
  }
});

Deno.test("report.explain() says of each route and view which predicates do not hold, and those alone", async () => {
  const request = sampleRequest("https://app.test/items/1?mine", {
    method: "DELETE",
    headers: { "x-old": "1" },
  });
  const { routes, route, views, allow } = await app.report.explain(request);
  assertEquals(routes, [
    { name: "old", answers: false, because: "requestParam v" },
    { name: "item", answers: true, because: "" },
  ]);
  assertEquals(route?.name, "item");
  const unstated = 'requestMethod GET HEAD (the default: write requestMethod: "DELETE")';
  assertEquals(views.map(({ name, because }) => [name, because]), [
    ["view mine", `${unstated}, not matchParam id=1`],
    ["view api", "requestMethod PUT, header x-api"],
    ["a view", unstated],
    ["a view", unstated],
  ]);
  assertEquals(allow, ["GET", "HEAD"]);
});

Deno.test("report.explain() names the view that answers, in the order of this request", async () => {
  const headers = { accept: "text/html, application/json;q=0.5" };
  const { views } = await app.report.explain(
    sampleRequest("https://app.test/items/7", { headers }),
  );
  assertEquals(views.at(-1)?.answers, true);
  assertEquals(views.map(({ because }) => because), [
    "requestParam mine",
    "requestMethod PUT, header x-api",
    "",
  ]);
  assertEquals(await (await ask(app, "/items/7", { headers })).text(), "page");
});

Deno.test("report.explain() of what no route matches names no route", async () => {
  const { routes, route, views } = await app.report.explain(sampleRequest("https://app.test/x"));
  assertEquals([routes, route, views], [[], null, []]);
});

Deno.test("report.tweens are the names, outermost first", () => {
  assertEquals(app.report.tweens, ["ingress", "exceptionViews", "main"]);
});

Deno.test("report.routes tells which views are exempt and which name no method", () => {
  const item = app.report.routes.find(({ name }) => name === "item");
  assertEquals(
    item?.views.map(({ name, isCsrfExempt, hasDefaultMethods }) => [
      name,
      isCsrfExempt,
      hasDefaultMethods,
    ]),
    [
      ["view mine", false, true],
      ["view api", false, false],
      ["a view", false, true],
      ["a view", true, true],
    ],
  );
  const ofRoute = new Configurator()
    .addRoute("x", "/", { requestMethod: ["GET", "POST"], view: () => html`x` }).makeApp();
  const [view] = ofRoute.report.routes[0]?.views ?? [];
  assertEquals([view?.methods, view?.hasDefaultMethods], ["GET HEAD POST", false]);
});

Deno.test("report.csrf tells how requests are checked, and nothing without sessions", () => {
  const sessions = { sessionFactory: signedCookieSessionFactory(SAMPLE_SECRET) };
  const rows: [config: Configurator, told: boolean[] | undefined][] = [
    [new Configurator(), undefined],
    [new Configurator(sessions), [true, false, false]],
    [new Configurator(sessions).setDefaultCsrfOptions(), [true, true, false]],
    [
      new Configurator(sessions).setDefaultCsrfOptions({
        requireCsrf: false,
        checkOrigin: false,
        insecureExempt: () => false,
      }),
      [false, false, true],
    ],
  ];
  for (const [config, told] of rows) {
    const { csrf } = config.makeApp().report;
    assertEquals(
      csrf && [csrf.checksOrigin, csrf.checksTokens, csrf.hasExemptions],
      told,
    );
  }
});
