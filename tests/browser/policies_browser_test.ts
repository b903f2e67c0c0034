/**
 * Security headers, CORS and Back after a sign-out, as a real browser takes them.
 *
 * @module
 */

import { assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import {
  Configurator,
  html,
  insecureRaw,
  json,
  redirect,
  signedCookieSessionFactory,
} from "@pyramidion/pyramidion";
import { cors } from "@pyramidion/pyramidion/cors";
import {
  securityHeaders,
  type SecurityHeadersOptions,
} from "@pyramidion/pyramidion/security-headers";
import { testUnless } from "../requirements.ts";
import { Chromium, missingForChromium } from "./chromium.ts";
import { Site } from "./example_visit.ts";

function accountApp(options: SecurityHeadersOptions) {
  const sessionFactory = signedCookieSessionFactory("b2c5f0c1e94d4b7fa1a8d5c37e6f9048");
  const page = (content: Parameters<typeof html>[1]) =>
    html`<!DOCTYPE html><title>x</title>${content}`;
  return new Configurator({ sessionFactory }).include(securityHeaders(options))
    .addRoute("home", "/", { view: () => page("Home") })
    .addRoute("sign-in", "/sign-in", {
      view: async (request) => {
        (await request.session).bindTo("ada");
        return redirect("/account");
      },
    })
    .addRoute("account", "/account", {
      view: async (request) => {
        const { userId } = await request.session;
        return page(
          userId === undefined
            ? "Sign in first"
            : html`Secret of ${userId} <form method="post" action="/sign-out"><button>Sign out</button></form>`,
        );
      },
    })
    .addRoute("sign-out", "/sign-out")
    .addView(async (request) => {
      (await request.session).invalidate();
      return redirect("/");
    }, { routeName: "sign-out", requestMethod: "POST" })
    .makeApp();
}

/** What Back shows after a sign-out. */
async function backAfterSignOut(options: SecurityHeadersOptions): Promise<string> {
  await using server = new Site(accountApp(options));
  await using browser = await Chromium.start();
  await browser.goto(`${server.origin}/sign-in`);
  assertMatch(await browser.text(), /^Secret of ada/);
  await browser.click("button");
  assertEquals([await browser.path(), await browser.text()], ["/", "Home"]);
  await browser.back();
  assertEquals(await browser.path(), "/account");
  return await browser.text();
}

testUnless(missingForChromium, "signedInPages: Back after a sign-out shows nothing", async (t) => {
  await t.step("with the option", async () => {
    assertEquals(await backAfterSignOut({ signedInPages: "noStore" }), "Sign in first");
  });
  await t.step("without it, the browser shows what it kept", async () => {
    assertMatch(await backAfterSignOut({}), /^Secret of ada/);
  });
});

testUnless(missingForChromium, "securityHeaders: only scripts with the nonce run", async () => {
  const app = new Configurator().include(securityHeaders()).addRoute("home", "/", {
    view: (request) =>
      html`
        <!DOCTYPE html>
        <title>x</title>
        <body><style nonce="${request.cspNonce}">
        p { color: rgb(1, 2, 3) }
        </style><p id="p">x</p><script nonce="${request
          .cspNonce}">document.body.dataset.mine = "ran"</script>
        ${insecureRaw('<script>document.body.dataset.injected = "ran"</script>')}
        <img src="data:," onerror="document.body.dataset.attribute = 'ran'">
      `,
  }).makeApp();
  await using server = new Site(app);
  await using browser = await Chromium.start();
  await browser.goto(server.origin);
  assertEquals(await browser.evaluate("({ ...document.body.dataset })"), { mine: "ran" });
  assertEquals(
    await browser.evaluate("getComputedStyle(document.getElementById('p')).color"),
    "rgb(1, 2, 3)",
  );
});

testUnless(
  missingForChromium,
  "cors: a page of an allowed origin reads, and of no other",
  async (t) => {
    const empty = () => new Configurator().addRoute("home", "/", { view: () => html`x` }).makeApp();
    await using shop = new Site(empty());
    await using other = new Site(empty());
    const app = new Configurator({ logger: { warn: () => {}, error: () => {} } })
      .include(cors({ origins: [shop.origin], exposedHeaders: ["x-total"] }))
      .addRoute("notes", "/notes")
      .addView((request) => {
        request.responseHeaders.set("x-total", "7");
        return json({ method: request.method });
      }, { routeName: "notes", requestMethod: ["GET", "PUT"] })
      .makeApp();
    await using api = new Site(app);
    await using browser = await Chromium.start();
    const fetched = (path: string, init: object) =>
      browser.evaluate(`fetch(${JSON.stringify(api.origin + path)}, ${JSON.stringify(init)}).then(
      async (response) =>
        response.status + " " + response.headers.get("x-total") + " " + (await response.text()),
      () => "refused",
    )`);
    const put = { method: "PUT", headers: { "content-type": "application/json" }, body: "{}" };
    await browser.goto(shop.origin);
    const rows: Record<string, [path: string, init: object, answer: RegExp]> = {
      "a GET": ["/notes", {}, /^200 7 \{"method":"GET"\}$/],
      "a PUT of JSON, after a preflight": ["/notes", put, /^200 7 \{"method":"PUT"\}$/],
      "a method that no view answers": ["/notes", { method: "DELETE" }, /^refused$/],
      "a header that is not allowed": ["/notes", { headers: { "x-own": "1" } }, /^refused$/],
      "a 404": ["/none", {}, /^404 null /],
      "a 404 after a preflight": ["/none", { method: "POST", headers: put.headers }, /^404 null /],
    };
    for (const [name, [path, init, answer]] of Object.entries(rows)) {
      await t.step(name, async () => assertMatch(String(await fetched(path, init)), answer));
    }
    await t.step("a page of another origin", async () => {
      await browser.goto(other.origin);
      assertEquals(await fetched("/notes", {}), "refused");
      assertEquals(await fetched("/notes", put), "refused");
    });
  },
);
