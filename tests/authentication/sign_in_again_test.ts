/** `signInAgain()` and `returnPath()`: to the sign-in page and back, and to no other site. */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  ConfigurationError,
  Configurator,
  html,
  redirect,
  route,
  signedCookieSessionFactory,
  StaleSignIn,
} from "@pyramidion/pyramidion";
import { returnPath, signInAgain } from "@pyramidion/pyramidion/authentication";
import { dummyRequest, TestClient } from "@pyramidion/pyramidion/testing";
import { SAMPLE_SECRET } from "../sample_app.ts";

const login = route("login", "/login"), keys = route("keys", "/keys/:id");
const remove = route("remove", "/keys/:id/remove");

function app(publicOrigin?: string) {
  const posts: string[] = [];
  const made = new Configurator({
    sessionFactory: signedCookieSessionFactory(SAMPLE_SECRET),
    ...publicOrigin === undefined ? {} : { publicOrigin },
  })
    .addExceptionView(signInAgain({ signInRoute: login, fallback: "/home" }), {
      context: StaleSignIn,
    })
    .addRoute(login).addView(() => html`<form method="post"><button>in</button></form>`, {
      route: login,
    })
    .addView(async (request) => {
      (await request.session).bindTo("ada");
      return redirect(await returnPath(request), { status: 303 });
    }, { route: login, requestMethod: "POST" })
    .addRoute(remove).addView(() => (posts.push("removed"), html`removed`), {
      route: remove,
      requestMethod: "POST",
      fresh: 60,
    })
    .addRoute(keys).addView((request) => html`key ${request.matchdict.id}`, {
      route: keys,
      fresh: 60,
    })
    .makeApp();
  return { made, posts };
}

Deno.test("signInAgain() brings a GET back to its page, with its query string", async () => {
  const visitor = new TestClient(app().made);
  const page = await visitor.open("/keys/7?a=1&b=%26");
  assertEquals(
    new URL(page.url).search,
    `?${new URLSearchParams({ return_to: "/keys/7?a=1&b=%26" })}`,
  );
  const back = await page.form().submit();
  assertEquals([new URL(back.url).pathname + new URL(back.url).search, back.text], [
    "/keys/7?a=1&b=%26",
    "key 7",
  ]);
});

Deno.test("signInAgain() brings a POST back to the page of its form, and never sends it again", async (t) => {
  const rows: Record<string, [referer: string | undefined, back: string]> = {
    "the page of the form": ["https://app.test/keys/7?tab=2#end", "/keys/7?tab=2"],
    "no Referer": [undefined, "/home"],
    "the origin alone": ["https://app.test/", "/"],
    "another site": ["https://evil.test/keys/7", "/home"],
    "another port": ["https://app.test:8443/keys/7", "/home"],
    "another scheme": ["http://app.test/keys/7", "/home"],
    "the sign-in page": ["https://app.test/login?return_to=%2Fkeys", "/home"],
    "a path like a host": ["https://app.test//evil.test/", "/home"],
    "no URL": ["https://", "/home"],
    "a script": ["javascript:alert(1)", "/home"],
    "a very long one": [`https://app.test/keys/7?${"a".repeat(3_000)}`, "/home"],
  };
  for (const [name, [referer, back]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { made, posts } = app();
      const response = await made.fetch(
        new Request("https://app.test/keys/7/remove", {
          method: "POST",
          headers: referer === undefined ? {} : { referer },
        }),
      );
      assertEquals(response.status, 303);
      assertEquals(
        response.headers.get("location"),
        `/login?${new URLSearchParams({ return_to: back })}`,
      );
      assertEquals(posts, []);
    });
  }
});

Deno.test("signInAgain() gives a script the 403", async () => {
  for (const mode of ["cors", "same-origin", "no-cors", "websocket"]) {
    const headers = { "sec-fetch-mode": mode };
    const response = await app().made.fetch(new Request("https://app.test/keys/7", { headers }));
    assertEquals(response.status, 403, mode);
  }
  const headers = { "sec-fetch-mode": "navigate" };
  const response = await app().made.fetch(new Request("https://app.test/keys/7", { headers }));
  assertEquals(response.status, 303);
});

Deno.test("signInAgain() and returnPath() stand behind the mount prefix", async () => {
  const { made } = app("https://app.test/shop");
  const response = await made.fetch(new Request("https://app.test/keys/7"));
  assertEquals(response.headers.get("location"), "/shop/login?return_to=%2Fshop%2Fkeys%2F7");
  const posted = await made.fetch(new Request("https://app.test/login", { method: "POST" }));
  assertEquals(posted.headers.get("location"), "/shop/");
});

Deno.test("returnPath() gives a path of the own origin, whatever stands there", async (t) => {
  const rows: Record<string, [given: string, path: string]> = {
    "a path": ["/keys", "/keys"],
    "a path with a query": ["/keys?a=%2F%2Fevil.test", "/keys?a=%2F%2Fevil.test"],
    "nothing": ["", "/safe"],
    "two slashes": ["//evil.test", "/safe"],
    "a backslash": ["/\\evil.test", "/safe"],
    "a tab between slashes": ["/\t/evil.test", "/safe"],
    "a line feed between slashes": ["/\n/evil.test", "/safe"],
    "a dot between slashes": ["/.//evil.test", "/safe"],
    "dots that resolve to a host": ["/a/..//evil.test", "/safe"],
    "another site": ["https://evil.test/", "/safe"],
    "the own site as URL": ["https://app.test/keys", "/safe"],
    "the own site as user of another": ["https://app.test@evil.test/", "/safe"],
    "a script": ["javascript:alert(1)", "/safe"],
    "data": ["data:text/html,x", "/safe"],
    "a relative path": ["keys", "/safe"],
    "a space before the slashes": [" //evil.test", "/safe"],
    "a NUL": ["/\0/evil.test", "/%00/evil.test"],
    "a header": ["/a\r\nSet-Cookie: x=1", "/aSet-Cookie:%20x=1"],
    "3,000 characters": [`/${"a".repeat(3_000)}`, "/safe"],
    "a lone surrogate": ["/\ud800", "/%EF%BF%BD"],
  };
  for (const [name, [given, path]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const query = new URLSearchParams({ next: given });
      const request = dummyRequest({ url: `https://app.test/login?${query}` });
      assertEquals(await returnPath(request, { param: "next", fallback: "/safe" }), path);
    });
  }
});

Deno.test("signInAgain() without a sign-in page, or with a fallback elsewhere, is refused", () => {
  assertThrows(() => signInAgain({} as never), ConfigurationError, "it has no sign-in page");
  for (const fallback of ["//evil.test", "https://evil.test", "home", "/\\evil.test"]) {
    assertThrows(
      () => signInAgain({ signInRoute: login, fallback }),
      ConfigurationError,
      "fallback",
    );
  }
});
