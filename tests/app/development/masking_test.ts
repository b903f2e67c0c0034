/**
 * The development page hides what somebody could sign in with.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import {
  bookApp,
  developedApp,
  mailer,
  pageOf,
  readable,
  refusedRedirection,
} from "./developed_app.ts";

Deno.test("the development page masks what somebody could sign in with", async (t) => {
  const secrets = {
    "cookie": "session=c00kie-secret; theme=dark-secret; bare-secret",
    "authorization": "Bearer bearer-secret",
    "proxy-authorization": "Basic basic-secret",
    "x-csrf-token": "csrf-secret",
    "x-api-key": "key-secret",
    "x-session-id": "id-secret",
    "cf-access-jwt-assertion": "jwt-secret",
  };
  for (const accept of ["text/html", "text/plain"]) {
    await t.step(accept, async () => {
      const { app } = bookApp();
      const request = new Request("https://app.test/books/7", { headers: { ...secrets, accept } });
      const page = await (await app.fetch(request)).text();
      assert(!page.includes("-secret"), /.*-secret.*/.exec(page)?.[0]);
      for (
        const shown of [
          "session=(13 characters); theme=(11 characters)",
          "Bearer (13 characters)",
          "Basic (12 characters)",
        ]
      ) {
        assert(page.includes(shown), shown);
      }
    });
  }
});

Deno.test("the development page masks query values as it masks headers, wherever they are", async (t) => {
  const { app } = developedApp({ "/reset": mailer });
  const rows: Record<string, [query: string, shown: string]> = {
    "a token": ["?edition=2&token=abc-secret", "?edition=2&token=(10 characters)"],
    "one character": ["?token=x&a=-secre", "?token=(1 character)&a=-secre"],
    "a name in capitals": ["?resetToken=abc-secret", "?resetToken=(10 characters)"],
    "a name that is escaped": ["?%74oken=abc-secret", "?%74oken=(10 characters)"],
    "a name in brackets": ["?user[password]=abc-secret", "?user[password]=(10 characters)"],
    "the code of OAuth": ["?code=abc-secret&state=9", "?code=(10 characters)&state=9"],
    "several of a name": ["?key=a-secret&key=-secret", "?key=(8 characters)&key=(7 characters)"],
    "a value with = and ?": ["?token=a=b?c=-secret", "?token=(13 characters)"],
    "in a URL in it": ["?next=/reset?token=abc-secret", "?next=/reset?token=(10 characters)"],
    "in an escaped URL in it": [
      "?next=%2Freset%3Ftoken%3Dabc-secret&a=1",
      "?next=(29 characters)&a=1",
    ],
    "in one escaped twice": [
      "?next=%252Freset%253Ftoken%253Dabc-secret",
      "?next=(35 characters)",
    ],
    "names that only look secret": ["?author=ada&keyword=tea", "?author=ada&keyword=tea"],
  };
  for (const [name, [query, shown]] of Object.entries(rows)) {
    for (const accept of ["text/html", "text/plain"]) {
      await t.step(`${name}, ${accept}`, async () => {
        const url = `https://app.test/reset${query}`;
        const headers = { accept, referer: url, "x-original-url": `/reset${query}` };
        const page = await (await app.fetch(new Request(url, { headers }))).text();
        assert(!page.includes("-secret"), /.*-secret.*/.exec(page)?.[0]);
        // The message twice, its cause, the request's line, and two headers; HTML has title and status too.
        const isHtml = accept === "text/html";
        const text = isHtml ? readable(page) : page;
        assertEquals(text.split(shown).length - 1, isHtml ? 9 : 6, text);
      });
    }
  }
});

Deno.test("the development page masks the location of a redirection that was refused", async () => {
  for (const accept of ["text/html", "text/plain"]) {
    const location = "https://other.test/?token=abc-secret#access_token=d-secret";
    const response = refusedRedirection(location).get("/", { headers: { accept } });
    const page = await pageOf(response);
    assert(!page.includes("-secret"), page);
    assertMatch(page, /token=\(10 characters\)#access_token=\(8 characters\)/);
  }
});

Deno.test("the development page masks what a pattern captures under a secret name", async (t) => {
  const { app } = developedApp({ "/reset/:token/:step": mailer, "/mail/:token.html": mailer });
  const rows: Record<string, [path: string, shown: string]> = {
    "a segment": ["/reset/abc-secret/7", "/reset/(10 characters)/7"],
    "an escaped one": ["/reset/%61bc-secret/7", "/reset/(12 characters)/7"],
    "a part of one": ["/mail/abc-secret.html", "/mail/(15 characters)"],
  };
  for (const [name, [path, shown]] of Object.entries(rows)) {
    for (const accept of ["text/html", "text/plain"]) {
      await t.step(`${name}, ${accept}`, async () => {
        const request = new Request(`https://app.test${path}?a=1`, {
          headers: { accept, referer: `https://app.test${path}` },
        });
        const page = readable(await (await app.fetch(request)).text());
        assert(!page.includes("-secret"), page);
        assertMatch(page, /token:? \(10 characters\)/);
        assert(page.includes(`${shown}?a=1`) && page.includes(`app.test${shown} `), page);
      });
    }
  }
});
