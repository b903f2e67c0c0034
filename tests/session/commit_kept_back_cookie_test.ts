/**
 * A session that merely begins does not replace one whose cookie `SameSite` kept back.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import {
  Configurator,
  html,
  pyramidCookieSessionFactory,
  type Session,
  type SessionFactory,
  signedCookieSessionFactory,
} from "@pyramidion/pyramidion";
import type { SecretCookieSessionOptions } from "@pyramidion/pyramidion/types";
import { ask } from "../ask.ts";
import { recordingLogger } from "../sample_app.ts";
import { everyKind, mint, NAME, SECRET, SessionApp, START } from "./session_app.ts";

type SameSite = NonNullable<SecretCookieSessionOptions["sameSite"]>;

const site = (site: string, mode = "navigate", dest = "document") => ({
  "sec-fetch-site": site,
  "sec-fetch-mode": mode,
  "sec-fetch-dest": dest,
});

/** The `Set-Cookie` headers of a request that changes the session, by views at `/x` and `/exempt`. */
async function written(
  sameSite: SameSite,
  [method, headers, path]: readonly [string, Record<string, string>, string],
  work: (session: Session) => unknown = (session) => session.set("user", "ada"),
  factory: (options: SecretCookieSessionOptions) => SessionFactory = (options) =>
    signedCookieSessionFactory(SECRET, options),
): Promise<string[]> {
  const app = new Configurator({
    logger: recordingLogger(),
    sessionFactory: factory({ sameSite, clock: () => START, logger: recordingLogger() }),
  });
  // Origins are another matter.
  app.setDefaultCsrfOptions({ requireCsrf: false, checkOrigin: false });
  for (const requireCsrf of [true, false]) {
    const name = requireCsrf ? "x" : "exempt";
    app.addRoute(name, `/${name}`).addView(async (request) => {
      await work(await request.session);
      return html`x`;
    }, { routeName: name, requestMethod: "*", ...requireCsrf ? {} : { requireCsrf } });
  }
  const response = await ask(app.makeApp(), path, { method, headers });
  assertEquals(response.status, 200);
  return response.headers.getSetCookie().map((cookie) => cookie.slice(0, cookie.indexOf("=")));
}

everyKind(
  "a new session is not saved where SameSite kept the cookie back, and only there",
  async (t) => {
    const LINK = site("cross-site"), FETCH = site("cross-site", "cors", "empty");
    type Row = [
      method: string,
      headers: Record<string, string>,
      strict: boolean,
      lax: boolean,
      none: boolean,
    ];
    const rows: Record<string, Row> = {
      "a link of another site": ["GET", LINK, false, true, true],
      "a HEAD that navigates, of another site": ["HEAD", LINK, false, true, true],
      "a form by POST of another site": ["POST", LINK, false, false, true],
      "a script of another site": ["GET", FETCH, false, false, true],
      "an image of another site": [
        "GET",
        site("cross-site", "no-cors", "image"),
        false,
        false,
        true,
      ],
      "a frame of another site": [
        "GET",
        site("cross-site", "navigate", "iframe"),
        false,
        false,
        true,
      ],
      "another site, and no more is told": [
        "GET",
        { "sec-fetch-site": "cross-site" },
        false,
        false,
        true,
      ],
      "a document that is not navigated to": [
        "GET",
        site("cross-site", "no-cors", "document"),
        false,
        false,
        true,
      ],
      "a link of a sister host": ["GET", site("same-site"), true, true, true],
      "a form by POST of a sister host": ["POST", site("same-site"), true, true, true],
      "a link of our own": ["GET", site("same-origin"), true, true, true],
      "the address line": ["GET", site("none"), true, true, true],
      "a form by POST of our own": ["POST", site("same-origin"), true, true, true],
      "a browser that does not tell": ["POST", {}, true, true, true],
      "a browser that tells an Origin alone": [
        "POST",
        { origin: "https://evil.test" },
        true,
        true,
        true,
      ],
    };
    for (const [name, [method, headers, strict, lax, none]] of Object.entries(rows)) {
      for (const [sameSite, saved] of Object.entries({ Strict: strict, Lax: lax, None: none })) {
        await t.step(`${name}, ${sameSite}`, async () => {
          const cookies = await written(sameSite as SameSite, [method, headers, "/x"]);
          assertEquals(cookies, saved ? [NAME] : []);
        });
      }
    }
  },
);

everyKind(
  "a request of another site saves its session all the same where it signs in, where its view is exempt, and where a cookie came",
  async (t) => {
    const headers = site("cross-site");
    for (const sameSite of ["Strict", "Lax"] as const) {
      await t.step(`bindTo(), ${sameSite}`, async () => {
        const work = (session: Session) => session.bindTo("ada");
        assertEquals(await written(sameSite, ["POST", headers, "/x"], work), [NAME]);
      });
      await t.step(`requireCsrf: false, ${sameSite}`, async () => {
        assertEquals(await written(sameSite, ["POST", headers, "/exempt"]), [NAME]);
      });
      await t.step(`a cookie came, ${sameSite}`, async () => {
        const cookie = `${NAME}=${await mint(`[${START},${START},{"cart":[1]}]`)}`;
        assertEquals(await written(sameSite, ["POST", { ...headers, cookie }, "/x"]), [NAME]);
      });
      await t.step(`a cookie came that was refused, ${sameSite}`, async () => {
        const cookie = `${NAME}=forged`;
        assertEquals(await written(sameSite, ["POST", { ...headers, cookie }, "/x"]), [NAME]);
      });
      await t.step(`a cookie of another name came, ${sameSite}`, async () => {
        assertEquals(await written(sameSite, ["POST", { ...headers, cookie: "a=1" }, "/x"]), []);
      });
    }
  },
);

everyKind(
  "whatever begins a session counts as merely new: keys, messages, regenerate(), remember()",
  async (t) => {
    const works: Record<string, (session: Session) => unknown> = {
      "a key": (session) => session.set("cart", [1]),
      "a message": (session) => session.flash("Hello"),
      "regenerate()": (session) => session.set("a", 1).regenerate(),
      "remember()": (session) => session.set("a", 1).remember(60),
      "invalidate(), and a message": (session) => {
        session.invalidate();
        session.flash("Bye");
      },
      "a sign-in that is taken back": (session) => {
        session.bindTo("ada");
        session.invalidate();
        session.flash("No");
      },
    };
    for (const [name, work] of Object.entries(works)) {
      await t.step(name, async () => {
        assertEquals(await written("Lax", ["POST", site("cross-site"), "/x"], work), []);
      });
    }
  },
);

everyKind(
  "a link of another site does not sign out whose Strict cookie was kept back",
  async () => {
    const app = new SessionApp({ sameSite: "Strict" });
    const ada = app.visitor();
    await app.visit(ada, (session) => session.bindTo("ada"));
    const { value, cookies } = await app.visit(ada, (session) => {
      session.flash("Welcome");
      return session.userId;
    }, { headers: { ...site("cross-site"), cookie: "" } });
    assertEquals([value, cookies], [undefined, []]);
    assertEquals((await app.visit(ada, (session) => session.userId)).value, "ada");
  },
);

Deno.test("a session in Pyramid's format is not replaced either", async () => {
  const factory = ({ clock, sameSite, logger }: SecretCookieSessionOptions) =>
    pyramidCookieSessionFactory(SECRET, {
      ...clock === undefined ? {} : { clock },
      ...logger === undefined ? {} : { logger },
      ...sameSite === undefined ? {} : { sameSite },
    });
  const request = ["POST", site("cross-site"), "/x"] as const;
  assertEquals(await written("Lax", request, undefined, factory), []);
  assertEquals(await written("Lax", ["POST", {}, "/x"], undefined, factory), ["session"]);
});
