/**
 * `routes`: the table of an app's routes.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import type { RouteReport, ViewReport } from "@pyramidion/pyramidion/types";
import { Configurator, html, signedCookieSessionFactory } from "@pyramidion/pyramidion";
import { routesText } from "../../../lib/cli/commands/routes.ts";
import { SAMPLE_SECRET } from "../../sample_app.ts";

const PLAIN = { folder: "/app", columns: Infinity, isColoured: false };

function viewOf(view: Partial<ViewReport>): ViewReport {
  return {
    name: "view read",
    methods: "GET HEAD",
    predicates: [],
    permission: undefined,
    isCsrfChecked: false,
    isCsrfExempt: false,
    hasDefaultMethods: false,
    place: "file:///app/views.ts:7",
    ...view,
  };
}

function routeOf(route: Partial<RouteReport>): RouteReport {
  return {
    name: "read",
    pattern: "/read",
    predicates: [],
    place: "file:///app/main.ts:3",
    isMatched: true,
    scope: undefined,
    views: [viewOf({})],
    ...route,
  };
}

function linesOf(routes: readonly RouteReport[], tweens = ["ingress", "main"]): string[] {
  return routesText({ routes, tweens }, PLAIN).split("\n");
}

Deno.test("routesText has a line for each view, in the order of the report", () => {
  assertEquals(
    linesOf([
      routeOf({}),
      routeOf({
        name: "edit",
        pattern: "/:id",
        predicates: ["header x-a"],
        views: [
          viewOf({ name: "view save", methods: "POST", permission: "edit", isCsrfChecked: true }),
          viewOf({
            name: "view at file:///app/views.ts:7",
            predicates: ["requestParam a", "accept text/html"],
          }),
        ],
      }),
    ]),
    [
      "route  pattern  methods   view        route predicates  predicates                        permission  CSRF  declared",
      "read   /read    GET HEAD  read                                                                        no    views.ts:7",
      "edit   /:id     POST      save        header x-a                                          edit        yes   views.ts:7",
      "                GET HEAD  views.ts:7                    requestParam a, accept text/html              no    views.ts:7",
      "",
      "Tweens, outermost first: ingress, main",
      "",
    ],
  );
});

Deno.test("routesText tells the place of a view without a name in an app of release 0.1.0", () => {
  const [, line = ""] = linesOf([routeOf({ views: [viewOf({ name: "a view" })] })]);
  assertMatch(line, /^read +\/read +GET HEAD +views\.ts:7 +no +views\.ts:7$/);
});

Deno.test("routesText tells of routes that no view answers, by the place of the route", () => {
  const lines = linesOf([
    routeOf({ name: "cdn", pattern: "https://cdn.test/*", isMatched: false, views: [] }),
    routeOf({ name: "lost", views: [] }),
  ]);
  assertMatch(lines[1] ?? "", /^cdn +https:\/\/cdn\.test\/\* +\(only makes URLs\) +main\.ts:3$/);
  assertMatch(lines[2] ?? "", /^lost +\/read +\(no view: 404\) +main\.ts:3$/);
});

Deno.test("routesText of an app without routes says so", () => {
  assertEquals(linesOf([])[0], "No routes: config.addRoute() adds them");
});

Deno.test("routesText escapes what a terminal would obey, wherever it stands", () => {
  const evil = "\x1b]0;x\x07";
  const text = routesText({
    routes: [routeOf({
      name: evil,
      pattern: evil,
      predicates: [evil],
      place: evil,
      views: [viewOf({ name: evil, predicates: [evil], permission: evil, place: evil })],
    })],
    tweens: [evil],
  }, PLAIN);
  assertEquals(text.split("\\x1b]0;x\\x07").length - 1, 8);
  assert(!text.includes("\x1b") && !text.includes("\x07"));
});

Deno.test("routesText sets the titles off where there are colours, and nowhere else", () => {
  const report = { routes: [routeOf({})], tweens: [] };
  const [title, line] = routesText(report, { ...PLAIN, isColoured: true }).split("\n");
  assert(title?.startsWith("\x1b[1mroute ") && title.endsWith("declared\x1b[22m"));
  assert(!line?.includes("\x1b"));
});

Deno.test("routesText shows what a Configurator was told", () => {
  const config = new Configurator({ sessionFactory: signedCookieSessionFactory(SAMPLE_SECRET) });
  config.setSecurityPolicy({ identity: () => null, permits: () => true });
  config.setDefaultCsrfOptions();
  config.addRoute("user", "/users/:id", { requestMethod: "POST", header: "x-a" });
  config.addView(function save() {
    return html``;
  }, { routeName: "user", permission: "edit", requestParam: "name" });
  config.addRoute("cdn", "https://cdn.test/*");
  const folder = new URL(".", import.meta.url).pathname.replace(/\/$/, "");
  const [, user, cdn] = routesText(config.makeApp().report, { ...PLAIN, folder }).split("\n");
  assertMatch(
    user ?? "",
    /^user +\/users\/:id +POST +save +requestMethod POST, header x-a +requestParam name +edit +yes +routes_test\.ts:\d+$/,
  );
  assertMatch(cdn ?? "", /\(only makes URLs\) +routes_test\.ts:\d+$/);
});

Deno.test("routesText names the scoped part of each route, and the tweens of each part", () => {
  const { report } = new Configurator()
    .addRoute("home", "/", { view: () => html`home` })
    .include(function api(config) {
      config.addRoute("note", "/note", { view: () => html`note` })
        .addTween((handler) => handler, { name: "timed" });
    }, { routePrefix: "/api", scoped: true })
    .makeApp();
  const lines = routesText(report, PLAIN).split("\n");
  assertMatch(lines[0] ?? "", /^scoped part {2}route {2}/);
  assertMatch(lines[1] ?? "", /^ {13}home {3}\/ /);
  assertMatch(lines[2] ?? "", /^api \(\/api\) {3}note {3}\/api\/note /);
  assertEquals(lines.slice(-3), [
    "Tweens, outermost first: ingress, exceptionViews, main",
    "Tweens of the scoped part api (/api), within those: ingress, timed, exceptionViews, main",
    "",
  ]);
});
