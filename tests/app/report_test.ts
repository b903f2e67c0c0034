/**
 * What a configuration added up to, and who would answer a request.
 *
 * @module
 */

import { assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import {
  Configurator,
  type ConnectionInfo,
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
  .setSecurityPolicy({
    permitsAnonymous: true,
    identity: () => null,
    permits: () => true,
  })
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

/** The name of a view without the folder and the line of its place. */
function placeless(name: string): string {
  return name.replace(/file:\S+\/([^/:]+):\d+$/, "$1");
}

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
    ) => [placeless(name), methods, predicates, permission, isCsrfChecked]),
    [
      ["view mine", "GET HEAD", ["not matchParam id=1", "requestParam mine"], "read", true],
      ["view api", "PUT", ["header x-api"], undefined, true],
      ["view at report_test.ts", "GET HEAD", ["accept application/json"], "read", true],
      ["view at report_test.ts", "GET HEAD", ["accept text/html"], "read", false],
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
  assertEquals(views.map(({ name, because }) => [placeless(name), because]), [
    ["view mine", `${unstated}, not matchParam id=1`],
    ["view api", "requestMethod PUT, header x-api"],
    ["view at report_test.ts", unstated],
    ["view at report_test.ts", unstated],
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
      placeless(name),
      isCsrfExempt,
      hasDefaultMethods,
    ]),
    [
      ["view mine", false, true],
      ["view api", false, false],
      ["view at report_test.ts", false, true],
      ["view at report_test.ts", true, true],
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

Deno.test("App.explain() ends at the view whose predicate throws, as the app does", async () => {
  const app = new Configurator()
    .addViewPredicate("broken", () => ({
      text: "broken",
      holds: () => {
        throw new TypeError("broken");
      },
    }))
    .addRoute("x", "/x")
    .addView(function first() {
      return html`first`;
    }, { routeName: "x", custom: { broken: true } })
    .addView(function second() {
      return html`second`;
    }, { routeName: "x" })
    .makeApp();
  const { status, views } = await app.explain(new Request("https://app.test/x"));
  assertEquals(status, 500);
  assertEquals(views, [{
    name: "view first",
    answers: false,
    because: "broken (which threw TypeError)",
  }]);
  assertEquals((await ask(app, "/x")).status, 500);
});

Deno.test("App.explain() takes what the server knows of the connection", async () => {
  const app = new Configurator()
    .addViewPredicate("near", () => ({
      text: "near",
      holds: (request) => request.clientAddress === "10.0.0.1",
    }))
    .addRoute("x", "/x")
    .addView(() => html`x`, { routeName: "x", custom: { near: true } })
    .makeApp();
  const request = () => new Request("https://app.test/x");
  const info: ConnectionInfo = {
    remoteAddr: { transport: "tcp", hostname: "10.0.0.1", port: 1 },
    completed: Promise.resolve(),
  };
  assertEquals((await app.explain(request(), info)).status, null);
  assertEquals((await app.explain(request())).status, 404);
});
