/**
 * A visit to the examples in a browser, with a stop at each of their pages.
 *
 * @module
 */

import type { App } from "@pyramidion/pyramidion";
import { memoryStore } from "@pyramidion/pyramidion/stores/memory";
import { settableClock, TestClient } from "@pyramidion/pyramidion/testing";
import { makeAccounts } from "../../examples/accounts/app.ts";
import { makeGuestbook } from "../../examples/guestbook/app.ts";
import { makeSignInApp } from "../../examples/sign_in/app.ts";
import { makeUploadApp } from "../../examples/upload/app.ts";
import type { Chromium } from "./chromium.ts";

/** What is done at a stop. */
export type Look = (name: string) => Promise<void>;

const PASSWORD = "open sesame";

/** What others have written into the guestbook, the oldest first. */
const ENTRIES: readonly (readonly [author: string, text: string])[] = [
  ["Grace", "I came for the sessions and stayed for the error messages."],
  ["Edsger", "Two rooms, a garden, and a kettle that sings.\nWe will be back in spring."],
  ["Ada", "The walk along the river takes an hour. Take the path on the left bank."],
];

/** Visits every page of the sign-in example. */
export async function visitSignIn(browser: Chromium, look: Look): Promise<void> {
  await using site = new Site(makeSignInApp(newSecret()));
  await browser.goto(`${site.origin}/`);
  await look("sign_in-form");
  await browser.type("[name=user]", "Admin");
  await browser.click("[type=submit]");
  await look("sign_in-added");
  await browser.click(".tutorial a");
  await look("sign_in-welcome");
  await browser.click(".button");
  await look("sign_in-beside");
  await browser.back();
  await browser.click(".tutorial a");
  await look("sign_in-logged-out");
  await browser.goto(`${site.origin}/sign-in`);
  await look("sign_in-post");
  await browser.type("[name=user]", " ");
  await browser.click("[name=sign-in] button");
  await look("sign_in-post-wrong");
  await browser.type("[name=user]", "Admin");
  await browser.click("[name=sign-in] button");
  await look("sign_in-post-welcome");
}

/** Visits every page of the guestbook. */
export async function visitGuestbook(browser: Chromium, look: Look): Promise<void> {
  await using site = new Site(guestbook());
  await browser.goto(`${site.origin}/`);
  await look("guestbook-empty");
  await writeEntries(site.app);
  await browser.goto(`${site.origin}/`);
  await look("guestbook-stranger");
  await browser.type("#text", "Thank you for the bread.");
  await browser.click("form[name=write] button");
  await look("guestbook-sign-in");
  await browser.type("#user", "Barbara");
  await browser.type("#password", "wrong");
  await browser.click("form[name=login] button");
  await look("guestbook-sign-in-wrong");
  await browser.type("#password", PASSWORD);
  await browser.click("form[name=login] button");
  await look("guestbook-draft");
  await browser.click("form[name=write] button");
  await look("guestbook");
  await browser.type("#text", "  ");
  await browser.click("form[name=write] button");
  await look("guestbook-wrong");
  await browser.type("#text", "A second cup, please.");
  await browser.evaluate(
    `document.querySelector("form[name=write] [name=csrf_token]").value = "old"`,
  );
  await browser.click("form[name=write] button");
  await look("guestbook-stale");
  await browser.goto(`${site.origin}/nowhere`);
  await look("guestbook-not-found");
  await browser.goto(`${site.origin}/`);
  await browser.click("form[name=logout] button");
  await look("guestbook-signed-out");
}

/** Visits every page of the upload example. */
export async function visitUpload(browser: Chromium, look: Look): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await using site = new Site(makeUploadApp({ secret: newSecret(), folder }));
    await browser.goto(`${site.origin}/`);
    await look("upload-empty");
    await browser.evaluate("document.forms[0].noValidate = true");
    await browser.click("main button");
    await look("upload-wrong");
    await browser.evaluate(`(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(["x".repeat(1234567)], "A walk along the river.jpeg"));
      transfer.items.add(new File(["x".repeat(2345)], "notes.txt"));
      document.querySelector("#file").files = transfer.files;
    })()`);
    await browser.click("main button");
    await look("upload");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Visits every page of the accounts example. */
export async function visitAccounts(browser: Chromium, look: Look): Promise<void> {
  const passwords = new Map<string, string>();
  const clock = settableClock(Date.UTC(2026, 4, 29, 8, 12));
  const users = {
    add: (name: string, password: string) => Promise.resolve(!!passwords.set(name, password)),
    verify: (name: string, password: string) => Promise.resolve(passwords.get(name) === password),
    isAdministrator: (name: string) => name === "Barbara",
    names: () => [...passwords.keys()],
  };
  await using site = new Site(
    makeAccounts({ secret: newSecret(), users, store: memoryStore(), now: clock }),
  );
  await browser.goto(`${site.origin}/`);
  await look("accounts-sign-in");
  await browser.click(".note a");
  await look("accounts-sign-up");
  await browser.evaluate("document.forms[0].noValidate = true");
  await browser.click("[name=sign-up] button");
  await look("accounts-sign-up-wrong");
  await browser.type("#name", "Barbara");
  await browser.type("#password", PASSWORD);
  await browser.click("[name=sign-up] button");
  await look("accounts-one");
  for (const [agent, hostname] of DEVICES) {
    clock.travel(400);
    const client = new TestClient(site.app, {
      clock,
      headers: { "user-agent": agent },
      remoteAddr: { transport: "tcp", hostname, port: 1 },
    });
    const form = (await client.open("/sign-in")).form("sign-in");
    await form.submit({ name: "Barbara", password: PASSWORD });
    await browser.goto(`${site.origin}/`);
  }
  await look("accounts");
  await browser.click(".devices button");
  await look("accounts-again");
  await browser.type("#password", "wrong");
  await browser.click("[name=sign-in] button");
  await look("accounts-again-wrong");
  await browser.type("#password", PASSWORD);
  await browser.click("[name=sign-in] button");
  await browser.click(".devices button");
  await look("accounts-ended");
  await browser.click(".actions a");
  await look("accounts-users");
  await browser.click(".files a");
  await look("accounts-user");
  await browser.goto(`${site.origin}/nowhere`);
  await look("accounts-not-found");
}

/** What the other devices of a user send, and from where. */
const DEVICES: readonly (readonly [agent: string, address: string])[] = [
  [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "192.0.2.14",
  ],
  [
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36",
    "2001:db8::7",
  ],
  ["Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1", "192.0.2.7"],
];

/** An app on a port of this computer. */
export class Site<Data extends object> implements AsyncDisposable {
  /** The app. */
  readonly app: App<Data>;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  /** Serves an app. */
  constructor(app: App<Data>) {
    this.app = app;
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app.fetch);
  }

  /** Where it listens. */
  get origin(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

/** Cookies go to every port of a host: by its secret an app rejects those of another. */
function newSecret(): string {
  return crypto.getRandomValues(new Uint8Array(32)).toBase64();
}

/** A guestbook in which everybody has one password, and an hour passes with each entry. */
export function guestbook() {
  let time = Date.UTC(2026, 4, 29, 8, 12);
  return makeGuestbook({
    secret: newSecret(),
    revocations: memoryStore(),
    accounts: { verify: (_user, password) => Promise.resolve(password === PASSWORD) },
    now: () => new Date(time += 3_600_000),
  });
}

/** Writes what others have written. */
export async function writeEntries(app: ReturnType<typeof guestbook>): Promise<void> {
  for (const [user, text] of ENTRIES) {
    const client = new TestClient(app);
    const signIn = (await client.open("/login")).form("login");
    const page = await signIn.submit({ user, password: PASSWORD });
    await page.form("write").submit({ text });
  }
}
