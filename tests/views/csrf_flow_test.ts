/**
 * CSRF from page to answer: a visitor's form is taken, everybody else's is refused, and what is
 * refused leaves the session as it was.
 *
 * @module
 */

import { assert, assertEquals, assertNotEquals } from "jsr:@std/assert@^1.0.0";
import {
  BadCsrfOrigin,
  BadCsrfToken,
  Configurator,
  encryptedCookieSessionFactory,
  html,
  type HttpForbidden,
  pyramidCookieSessionFactory,
  redirect,
  type Session,
  type SessionFactory,
  signedCookieSessionFactory,
} from "@pyramidion/pyramidion";
import type { CsrfTokenFault } from "@pyramidion/pyramidion/types";
import { readSession, settableClock, TestClient } from "@pyramidion/pyramidion/testing";

interface Data {
  name: string;
}

const SECRET = "N0b0dyShallGuessThisSecretOfTheCsrfTests_7hQ";

/** A small app: a page with a form, the same for a script, and a sign-in. */
class CsrfApp {
  readonly clock = settableClock();
  readonly factory: SessionFactory<Data>;
  readonly fetch: (request: Request) => Response | Promise<Response>;
  /** What was refused, in order. */
  readonly refused: HttpForbidden[] = [];
  /** How often a checked view was called. */
  calls = 0;

  constructor(make: (clock: () => number) => SessionFactory<Data> = signed) {
    this.factory = make(this.clock);
    const config = new Configurator<Data>({ sessionFactory: this.factory });
    config.setDefaultCsrfOptions();
    config.addForbiddenView((error) => {
      this.refused.push(error);
      return html`${error.message}`.toResponse({ status: error.status });
    });
    config.addRoute("form", "/").addView(async (request) => {
      const session = await request.session;
      return html`
        <!doctype html>
        <meta name="csrf-token" content="${session.getCsrfToken()}">
        <form name="rename" method="post">
                  <input type="hidden" name="csrf_token" value="${session.getCsrfToken()}">
                  <input name="name" value="${session.get("name") ?? ""}"><button>Rename</button>
                </form>
        <form name="upload" method="post" enctype="multipart/form-data">
                  <input type="hidden" name="csrf_token" value="${session.getCsrfToken()}">
                  <input name="name"><input type="file" name="picture">
                </form>
        <form name="forgotten" method="post"><input name="name"></form>
      `;
    }, { routeName: "form" });
    config.addView(async (request) => {
      this.calls++;
      const name = request.hasForm ? (await request.form()).get("name") : await request.json();
      (await request.session).set("name", String(name));
      return redirect("/", { status: 303 });
    }, { routeName: "form", requestMethod: "POST" });
    config.addRoute("login", "/login").addView(async (request) => {
      (await request.session).bindTo("ada");
      return html`in`;
    }, { routeName: "login" });
    this.fetch = config.makeApp().fetch;
  }

  visitor(): TestClient {
    return new TestClient(this, { clock: this.clock });
  }

  /** A visitor called Eve, whose page is open. */
  async eve(): Promise<TestClient> {
    const client = this.visitor();
    const page = await client.open("/");
    await page.form("rename").submit({ name: "Eve" });
    assertEquals(client.page?.form("rename").fields.name, "Eve");
    return client;
  }
}

function signed(clock: () => number): SessionFactory<Data> {
  return signedCookieSessionFactory<Data>(SECRET, { clock });
}

/** Everything that a session holds. */
function stateOf(session: Session<Data>): unknown {
  return [Object.fromEntries(session), session.userId, session.created, session.peekFlash()];
}

const factories: Record<string, (clock: () => number) => SessionFactory<Data>> = {
  "signed": signed,
  "encrypted": (clock) => encryptedCookieSessionFactory<Data>(SECRET, { clock }),
  "Pyramid's": (clock) => pyramidCookieSessionFactory<Data>(SECRET, { clock }),
};

for (const [kind, make] of Object.entries(factories)) {
  Deno.test(`a visitor's own form is taken, with ${kind} cookies`, async (t) => {
    const app = new CsrfApp(make);
    const client = app.visitor();
    await t.step("url-encoded", async () => {
      const page = await client.open("/");
      const answer = await page.form("rename").submit({ name: "Ada" });
      assertEquals([answer.status, answer.form("rename").fields.name], [200, "Ada"]);
    });
    await t.step("as multipart/form-data", async () => {
      const page = await client.open("/");
      const picture = new File(["abc"], "a.png");
      const answer = await page.form("upload").submit({ name: "Ada B", picture });
      assertEquals([answer.status, answer.form("rename").fields.name], [200, "Ada B"]);
    });
    await t.step("JSON with the token in a header", async () => {
      const headers = { "content-type": "application/json" };
      const response = await client.post("/", '"Ada C"', { csrfHeader: true, headers });
      assertEquals(response.status, 303);
      assertEquals((await readSession(client, app.factory)).get("name"), "Ada C");
    });
    await t.step("a page that was opened before others", async () => {
      const old = await client.open("/");
      for (let i = 0; i < 3; i++) await client.open("/");
      assertEquals((await old.form("rename").submit({ name: "Ada D" })).status, 200);
    });
    assertEquals(app.refused, []);
  });
}

Deno.test("a request whose token is not one of its session is a 403 and changes nothing", async (t) => {
  type Attack = (client: TestClient, app: CsrfApp) => Promise<{ readonly status: number }>;
  const form = (token: string) => new URLSearchParams({ csrf_token: token, name: "Mallory" });
  const long = (length: number) => "A".repeat(length);
  const rows: Record<string, [fault: CsrfTokenFault, attack: Attack]> = {
    "a form without a token": [
      "missing",
      (client) => client.page!.form("forgotten").submit({ name: "Mallory" }),
    ],
    "the token taken out": [
      "missing",
      (client) => client.page!.form("rename").submit({ name: "Mallory", csrf_token: null }),
    ],
    "an empty token": ["missing", (client) => client.post("/", form(""))],
    "no body": ["missing", (client) => client.post("/")],
    "in the query string": [
      "missing",
      (client) =>
        client.post(`/?csrf_token=${client.csrfToken()}`, new URLSearchParams({ name: "Mallory" })),
    ],
    "in the query string, with the name of the header": [
      "missing",
      (client) => client.post(`/?X-CSRF-Token=${client.csrfToken()}`, form("")),
    ],
    "in a cookie": [
      "missing",
      (client) => {
        client.jar.store(`csrf_token=${client.csrfToken()}; Path=/`, client.origin);
        return client.post("/", { name: "Mallory" });
      },
    ],
    "in a list": [
      "missing",
      (client) => client.post("/", new URLSearchParams({ "csrf_token[]": client.csrfToken() })),
    ],
    "as a file": [
      "missing",
      (client) => {
        const body = new FormData();
        body.append("csrf_token", new File([client.csrfToken()], "token"));
        return client.post("/", body);
      },
    ],
    "in a body of JSON": [
      "missing",
      (client) => {
        const headers = { "content-type": "application/json" };
        return client.post("/", JSON.stringify({ csrf_token: client.csrfToken() }), { headers });
      },
    ],
    "in a body of plain text that looks like a form": [
      "missing",
      (client) => client.post("/", `csrf_token=${client.csrfToken()}`),
    ],
    "a megabyte long": ["wrong", (client) => client.post("/", form(long(1_000_000)))],
    "of the right length": ["wrong", (client) => client.post("/", form(long(86)))],
    "of bytes that are not text": [
      "wrong",
      (client) => client.post("/", form("\u0000ä\uFFFD".repeat(20))),
    ],
    "one character changed": [
      "wrong",
      (client) => {
        const token = client.csrfToken();
        return client.post("/", form((token[0] === "A" ? "B" : "A") + token.slice(1)));
      },
    ],
    "with a space behind": ["wrong", (client) => client.post("/", form(`${client.csrfToken()} `))],
    "the wrong one first, the right one second": [
      "wrong",
      (client) =>
        client.post(
          "/",
          new URLSearchParams([["csrf_token", "no"], ["csrf_token", client.csrfToken()]]),
        ),
    ],
    "a wrong header, although the field is right": [
      "wrong",
      (client) => client.post("/", form(client.csrfToken()), { headers: { "x-csrf-token": "no" } }),
    ],
    "the session cookie's own text": [
      "wrong",
      (client) => client.post("/", form(client.cookie("__Host-session")!.slice(-86))),
    ],
    "of another visitor's session": [
      "wrong",
      async (client, app) => {
        const mallory = app.visitor();
        await mallory.open("/");
        return await client.post("/", form(mallory.csrfToken()));
      },
    ],
    "a form that was open before the session signed in": [
      "wrong",
      async (client) => {
        const page = client.page!;
        await client.get("/login");
        return await page.form("rename").submit({ name: "Mallory" });
      },
    ],
  };
  for (const [name, [fault, attack]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const app = new CsrfApp();
      const client = await app.eve();
      const [calls, before] = [app.calls, await readSession(client, app.factory)];
      const { status } = await attack(client, app);
      const [error] = app.refused;
      assert(error instanceof BadCsrfToken);
      assertEquals([status, error.fault, app.calls], [403, fault, calls]);
      const after = await readSession(client, app.factory);
      // Signing in is part of one of the attacks; it is not what was refused.
      if (after.userId === undefined) assertEquals(stateOf(after), stateOf(before));
      assertEquals([after.get("name"), after.isNew], ["Eve", false]);
    });
  }
});

Deno.test("a form of yesterday is a 403 that tells its session has ended, and starts none", async (t) => {
  const rows: Record<string, (client: TestClient, app: CsrfApp) => void> = {
    "the session expired": (_, app) => app.clock.travel(24 * 60 * 60),
    "its cookie is gone": (client) => client.jar.clear(),
    "its cookie was tampered with": (client) => {
      const cookie = client.cookie("__Host-session")!;
      const other = cookie.slice(0, -2) + (cookie.endsWith("AA") ? "BB" : "AA");
      client.jar.store(`__Host-session=${other}; Path=/; Secure; HttpOnly`, client.origin);
    },
  };
  for (const [name, meanwhile] of Object.entries(rows)) {
    await t.step(name, async () => {
      const app = new CsrfApp();
      const client = await app.eve();
      await client.get("/login");
      const page = await client.open("/");
      meanwhile(client, app);
      const answer = await page.form("rename").submit({ name: "Ada" });
      const [error] = app.refused;
      assert(error instanceof BadCsrfToken);
      assertEquals([answer.status, error.fault], [403, "no-session-token"]);
      assertEquals(answer.headers.getSetCookie(), []);
      // Loaded anew, the form is taken again.
      const again = await (await client.open("/")).form("rename").submit({ name: "Ada" });
      assertEquals(again.form("rename").fields.name, "Ada");
    });
  }
});

Deno.test("a form of yesterday whose visitor still has a CSRF cookie is a 403 as well", async () => {
  const app = new CsrfApp();
  const client = await app.eve();
  const page = client.page!;
  app.clock.travel(24 * 60 * 60);
  const answer = await page.form("rename").submit({ name: "Ada" });
  const [error] = app.refused;
  assert(error instanceof BadCsrfToken);
  assertEquals([answer.status, error.fault, answer.headers.getSetCookie()], [403, "wrong", []]);
});

Deno.test("a body over the limit is a 413, whatever token is in it, and changes nothing", async () => {
  const app = new CsrfApp();
  const client = await app.eve();
  const body = new URLSearchParams({ csrf_token: client.csrfToken(), name: "M".repeat(1 << 20) });
  assertEquals((await client.post("/", body)).status, 413);
  assertEquals((await readSession(client, app.factory)).get("name"), "Eve");
});

Deno.test("a form on another site is a 403 by its origin, even with a token that is right", async (t) => {
  const rows: Record<string, string> = {
    "another site": "https://evil.test/page",
    "a sister host": "https://evil.app.test/page",
    "another port": "https://app.test:8443/page",
    "the same host without TLS": "http://app.test/page",
  };
  for (const [name, from] of Object.entries(rows)) {
    await t.step(name, async () => {
      const app = new CsrfApp();
      const client = await app.eve();
      const { calls } = app;
      const body = { name: "Mallory", csrf_token: client.csrfToken() };
      assertEquals((await client.post("/", body, { from })).status, 403);
      assert(app.refused[0] instanceof BadCsrfOrigin);
      assertEquals(app.calls, calls);
      assertEquals((await readSession(client, app.factory)).get("name"), "Eve");
    });
  }
});

Deno.test("a token is masked anew in every page, and all of its masks are taken", async () => {
  const app = new CsrfApp();
  const client = app.visitor();
  const tokens = new Set<string>();
  for (let i = 0; i < 3; i++) {
    const page = await client.open("/");
    for (const form of page.forms) {
      const token = form.fields.csrf_token;
      if (typeof token === "string") tokens.add(token);
    }
    // No field has this name: the one of <meta>.
    tokens.add(client.csrfToken("in no field"));
  }
  assertEquals(tokens.size, 9);
  for (const token of tokens) {
    const response = await client.post("/", { csrf_token: token, name: "Ada" });
    assertEquals(response.status, 303);
  }
});

Deno.test("a page that shows its form again changes nothing in the session", async () => {
  const app = new CsrfApp();
  const client = app.visitor();
  assertNotEquals((await client.open("/")).headers.getSetCookie(), []);
  assertEquals((await client.open("/")).headers.getSetCookie(), []);
});

Deno.test("signing in gives the session another token: older pages are refused, newer ones taken", async () => {
  const app = new CsrfApp();
  const client = await app.eve();
  const old = client.page!;
  await client.get("/login");
  const token = String(old.form("rename").fields.csrf_token);
  assertEquals((await client.post("/", { csrf_token: token, name: "Ada" })).status, 403);
  const page = await client.open("/");
  assertEquals((await page.form("rename").submit({ name: "Ada" })).status, 200);
  const session = await readSession(client, app.factory);
  assertEquals([session.userId, session.get("name")], ["ada", "Ada"]);
});
