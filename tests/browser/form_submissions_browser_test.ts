/**
 * `TestForm.submit` beside a real browser: what both send, field by field.
 *
 * @module
 */

import { assertEquals, assertNotEquals, assertRejects } from "jsr:@std/assert@^1.0.0";
import { TestClient } from "@pyramidion/pyramidion/testing";
import { testUnless } from "../requirements.ts";
import { Chromium, missingForChromium } from "./chromium.ts";
import { FORM_CASES } from "./form_cases.ts";
import { FORM_DIFFERENCES } from "./form_differences.ts";
import { PAGE_CASES } from "./page_cases.ts";
import { FormServer, type Visit, visitByBrowser, visitByClient } from "./form_visitors.ts";
import { randomForm } from "./random_forms.ts";

/** What is inside of `<form method=post>`. */
function posted(html: string, filling = {}, attributes = "method=post") {
  return { attributes, html, filling };
}

testUnless(
  missingForChromium,
  "TestForm.submit sends what the browser sends, whatever the form",
  async (t) => {
    await using server = new FormServer();
    await using browser = await Chromium.start();
    const named = new Map<string, Visit>();
    const cases = [...FORM_CASES];
    const visits = server.addForms(cases.map(([, [html, filling]]) => posted(html, filling)));
    for (const [at, visit] of visits.entries()) named.set(cases[at]?.[0] ?? "", visit);
    for (const [name, [html, filling]] of PAGE_CASES) {
      named.set(name, server.addPage(html, filling));
    }
    const byBrowser = await visitByBrowser(browser, server, [...named.values()]);
    const byClient = await visitByClient([...named.values()]);
    for (const [at, name] of [...named.keys()].entries()) {
      await t.step(name, () => assertEquals(byClient[at], byBrowser[at]));
    }
  },
);

testUnless(
  missingForChromium,
  "TestForm.submit differs from the browser only where a reason is given",
  async (t) => {
    await using server = new FormServer();
    await using browser = await Chromium.start();
    const rows = Object.entries(FORM_DIFFERENCES);
    const visits = server.addForms(
      rows.map(([, { html, attributes }]) => posted(html, {}, attributes)),
    );
    const byBrowser = await visitByBrowser(browser, server, visits);
    const byClient = await visitByClient(visits);
    for (const [at, [name, row]] of rows.entries()) {
      await t.step(`${name}: ${row.reason}`, () => {
        assertNotEquals(row.client, row.browser);
        assertEquals(byBrowser[at]?.sent?.fields, row.browser);
        assertEquals(byClient[at]?.sent?.fields, row.client);
      });
    }
  },
);

testUnless(
  missingForChromium,
  "TestForm.submit sends what a browser finds invalid, and refuses what closes a dialog",
  async () => {
    await using server = new FormServer();
    await using browser = await Chromium.start();
    const pressed = async (html: string) => {
      const { url } = server.addPage(`<!doctype html>${html}`);
      await browser.goto(url);
      await browser.evaluate("document.querySelector('button').click()");
      // What was to be sent would have been before this.
      await browser.evaluate("fetch('/').then(() => fetch('/')).then(() => 0)");
      const stays = await browser.evaluate("location.href") === url;
      const client = new TestClient({ fetch: () => new Response(html) });
      return { stays, form: (await client.open("/")).form(), client };
    };
    for (const input of ["required", "type=email value=x", "type=number min=5 value=1"]) {
      const { stays, form, client } = await pressed(`<form action=/x><input ${input}><button>`);
      assertEquals(stays, true);
      await form.submit();
      assertEquals(client.url, "https://app.test/x?");
    }
    for (const attributes of ["method=dialog", "><button formmethod=dialog"]) {
      const { stays, form } = await pressed(`<dialog open><form ${attributes}><button>`);
      assertEquals(stays, true);
      await assertRejects(() => form.submit(), TypeError, 'its method is "dialog"');
    }
  },
);

testUnless(
  missingForChromium,
  "TestForm.submit sends what the browser sends of 200 random forms",
  async () => {
    // The same 200 in each run, since a gate must give one answer; for others change the seed.
    const seed = 1_129;
    await using server = new FormServer();
    await using browser = await Chromium.start();
    const forms = Array.from({ length: 200 }, (_, at) => randomForm(seed + at));
    // Few on a page, because each page is laid out anew while its forms are filled in.
    const visits = [0, 50, 100, 150].flatMap((from) =>
      server.addForms(forms.slice(from, from + 50))
    );
    const byBrowser = await visitByBrowser(browser, server, visits);
    const byClient = await visitByClient(visits);
    for (const [at, { attributes, html, filling }] of forms.entries()) {
      const form = `random form ${seed + at}: <form ${attributes}>${html}</form> ${
        JSON.stringify(filling)
      }`;
      assertEquals(byClient[at], byBrowser[at], form);
    }
  },
);
