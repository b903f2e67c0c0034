/**
 * A form that is accepted once: in cookies as well as they can, in stores exactly.
 *
 * @module
 */

import { assertEquals, assertMatch, assertRejects, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  Configurator,
  csrfField,
  html,
  HttpBadRequest,
  HttpConflict,
  type HttpError,
  HttpSeeOther,
  onceField,
  redirect,
  type SessionFactory,
  signedCookieSessionFactory,
  storedSessionFactory,
  ValidationError,
} from "@pyramidion/pyramidion";
import type { ReadFormOptions } from "@pyramidion/pyramidion/types";
import { memoryStore } from "@pyramidion/pyramidion/stores/memory";
import { dummyRequest, TestClient, type TestForm } from "@pyramidion/pyramidion/testing";
import * as z from "npm:zod@4.6.7";
import { takeToken, useToken } from "../../../lib/views/forms/once.ts";
import type { SentFields } from "../../../lib/views/forms/sent_fields.ts";
import { recordingLogger, SAMPLE_SECRET } from "../../sample_app.ts";

type Data = Record<string, unknown>;

const SESSIONS: Readonly<Record<string, () => SessionFactory<Data>>> = {
  "in a cookie": () => signedCookieSessionFactory<Data>(SAMPLE_SECRET),
  "in a store": () => storedSessionFactory<Data>(memoryStore(), SAMPLE_SECRET),
};

const ORDER = z.object({ tea: z.string().min(1) });

/** A shop that notes what was ordered. */
class Shop {
  readonly orders: string[] = [];
  readonly visitor: TestClient;
  readonly logger = recordingLogger();
  /** What the view waits for after it has read the form. */
  gate: Promise<void> = Promise.resolve();
  /** Whether the view fails after it has read the form. */
  isDown = false;
  /** How the view refuses the form after it has read it. */
  refusal: HttpError | Response | null = null;

  constructor(
    sessionFactory: SessionFactory<Data>,
    once: ReadFormOptions["once"] = true,
    { hasField = true, signsIn = true } = {},
  ) {
    const config = new Configurator({ sessionFactory, logger: this.logger });
    config.setDefaultCsrfOptions();
    config.addRoute("order", "/").addRoute("orders", "/orders").addRoute("start", "/start");
    config.addView(async (request) => {
      if (signsIn) (await request.session).set("cart", 1);
      return html`welcome`;
    }, { routeName: "start" });
    config.addView(async (request) => {
      const session = await request.session;
      return html`<form method="post">${csrfField(session)}${
        hasField && onceField(session)
      }<input name="tea"></form>`;
    }, { routeName: "order" });
    config.addView(async (request) => {
      const { tea } = await request.validForm(ORDER, once === undefined ? {} : { once });
      await this.gate;
      if (this.isDown) throw new Error("down");
      const { refusal } = this;
      if (refusal instanceof Response) return refusal.clone();
      if (refusal !== null) throw refusal;
      this.orders.push(tea);
      return redirect("/orders", { status: 303 });
    }, { routeName: "order", requestMethod: "POST" });
    config.addView(() => html`${this.orders.length} orders`, { routeName: "orders" });
    this.visitor = new TestClient(config.makeApp());
  }

  async form(): Promise<TestForm> {
    await this.visitor.open("/start");
    return (await this.visitor.open("/")).form();
  }
}

for (const [where, sessions] of Object.entries(SESSIONS)) {
  Deno.test(`readForm({ once }) refuses a form that was sent before: ${where}`, async (t) => {
    await t.step("the second time is a 409", async () => {
      const shop = new Shop(sessions());
      const form = await shop.form();
      assertEquals((await form.submit({ tea: "mint" })).text, "1 orders");
      const again = await form.submit({ tea: "mint" });
      assertEquals(again.status, 409);
      assertMatch(again.text, /This form was sent before/);
      assertEquals(shop.orders, ["mint"]);
    });
    await t.step("a new form is accepted", async () => {
      const shop = new Shop(sessions());
      const forms = [await shop.form(), await shop.form()];
      for (const form of forms) assertEquals((await form.submit({ tea: "mint" })).status, 200);
      for (const form of forms) assertEquals((await form.submit({ tea: "mint" })).status, 409);
      assertEquals(shop.orders.length, 2);
    });
    await t.step("an invalid form can be sent again", async () => {
      const shop = new Shop(sessions());
      const form = await shop.form();
      assertEquals((await form.submit({ tea: "" })).status, 422);
      assertEquals((await form.submit({ tea: "mint" })).text, "1 orders");
    });
    await t.step("a form whose view failed can be sent again", async () => {
      const shop = new Shop(sessions());
      const form = await shop.form();
      shop.isDown = true;
      assertEquals((await form.submit({ tea: "mint" })).status, 500);
      shop.isDown = false;
      assertEquals((await form.submit({ tea: "mint" })).text, "1 orders");
      assertEquals((await form.submit({ tea: "mint" })).status, 409);
    });
    await t.step("a form that the view refused can be sent again", async () => {
      for (
        const refusal of [
          new ValidationError({ tea: ["Sold out"] }),
          html`Sold out`.toResponse({ status: 422 }),
        ]
      ) {
        const shop = new Shop(sessions(), { redirectTo: "/orders" });
        const form = await shop.form();
        shop.refusal = refusal;
        assertEquals((await form.submit({ tea: "mint" })).status, 422);
        shop.refusal = null;
        await form.submit({ tea: "sage" });
        await form.submit({ tea: "sage" });
        assertEquals(shop.orders, ["sage"]);
      }
    });
    await t.step("the second time leads to where the first did", async () => {
      const shop = new Shop(sessions(), { redirectTo: "/orders" });
      const form = await shop.form();
      await form.submit({ tea: "mint" });
      assertEquals((await form.submit({ tea: "mint" })).text, "1 orders");
      assertEquals(shop.orders, ["mint"]);
    });
    await t.step("a form without the token is a 400", async () => {
      const shop = new Shop(sessions(), true, { hasField: false });
      const page = await (await shop.form()).submit({ tea: "mint" });
      assertEquals(page.status, 400);
      assertEquals(shop.orders, []);
    });
    await t.step("a session keeps the last 20 tokens", async () => {
      const shop = new Shop(sessions());
      const first = await shop.form();
      await first.submit({ tea: "mint" });
      for (let sent = 0; sent < 19; sent++) await (await shop.form()).submit({ tea: "mint" });
      assertEquals((await first.submit({ tea: "mint" })).status, 409);
      await (await shop.form()).submit({ tea: "mint" });
      assertEquals((await first.submit({ tea: "mint" })).status, 200);
    });
    await t.step("without the option nothing is refused", async () => {
      const shop = new Shop(sessions(), false);
      const form = await shop.form();
      for (const _ of [1, 2]) assertEquals((await form.submit({ tea: "mint" })).status, 200);
    });
  });
}

Deno.test("takeToken() takes the token out of the form, and refuses what is none", async (t) => {
  const file = new File([], "x");
  const rows: Record<string, [sent: unknown[] | undefined, token: string | null]> = {
    "a token": [["abc"], "abc"],
    "the last of two": [["abc", "def"], "def"],
    "64 characters": [["x".repeat(64)], "x".repeat(64)],
    "65 characters": [["x".repeat(65)], null],
    "an empty text": [[""], null],
    "a file": [[file], null],
    "nothing": [undefined, null],
  };
  for (const [name, [values, token]] of Object.entries(rows)) {
    await t.step(name, () => {
      const sent: SentFields = new Map([["tea", ["mint"]]]);
      if (values !== undefined) sent.set("once_token", values);
      if (token !== null) assertEquals(takeToken(sent), token);
      else {
        const refusal = assertThrows(() => takeToken(sent), HttpBadRequest);
        assertEquals(
          refusal.message,
          "Field once_token is missing: put onceField(session) into the form",
        );
        assertMatch(refusal.detail, /^The form was sent without its one-time token/);
      }
      assertEquals([...sent.keys()], ["tea"]);
    });
  }
});

Deno.test("useToken() leads a form that was sent before to the location with a 303", async () => {
  const request = dummyRequest();
  await useToken("abc", request, { redirectTo: "/orders" });
  const thrown = await assertRejects(
    () => useToken("abc", request, { redirectTo: "/orders" }),
    HttpSeeOther,
  );
  assertEquals(thrown.location, "/orders");
  await assertRejects(() => useToken("abc", request, true), HttpConflict);
});

Deno.test("readForm({ once }) accepts one of two requests at the same time, in a store", async (t) => {
  for (const signsIn of [true, false]) {
    await t.step(signsIn ? "of a session" : "of a visitor without a session", async () => {
      const shop = new Shop(SESSIONS["in a store"]!(), true, { signsIn });
      const { promise, resolve } = Promise.withResolvers<void>();
      shop.gate = promise;
      const form = await shop.form();
      const both = Promise.all([form.submit({ tea: "mint" }), form.submit({ tea: "mint" })]);
      resolve();
      const statuses = (await both).map(({ status }) => status);
      assertEquals(statuses.sort(), [200, 409]);
      assertEquals(shop.orders, ["mint"]);
    });
  }
});

Deno.test("readForm({ once }) accepts both of two requests at the same time, in a cookie", async () => {
  // What docs/requests.md says of cookie sessions.
  const shop = new Shop(SESSIONS["in a cookie"]!());
  const { promise, resolve } = Promise.withResolvers<void>();
  shop.gate = promise;
  const form = await shop.form();
  const both = Promise.all([form.submit({ tea: "mint" }), form.submit({ tea: "mint" })]);
  resolve();
  assertEquals((await both).map(({ status }) => status), [200, 200]);
});

Deno.test("readForm({ once }) names the key that the schema of a stored session drops", async () => {
  const schema = z.object({ cart: z.number().default(0) });
  const shop = new Shop(storedSessionFactory<Data>(memoryStore(), SAMPLE_SECRET, { schema }));
  const page = await (await shop.form()).submit({ tea: "mint" });
  assertEquals(page.status, 500);
  assertMatch(
    String(shop.logger.errors.map(({ cause }) => cause)),
    /the schema of the session drops the key "_once_tokens"/,
  );
  const whole = z.looseObject({ _once_tokens: z.array(z.string()).optional() });
  const other = new Shop(
    storedSessionFactory<Data>(memoryStore(), SAMPLE_SECRET, { schema: whole }),
  );
  const form = await other.form();
  assertEquals((await form.submit({ tea: "mint" })).status, 200);
  assertEquals((await form.submit({ tea: "mint" })).status, 409);
});
