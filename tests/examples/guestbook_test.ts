/**
 * The guestbook example, walked by a visitor who fills in forms and follows links.
 *
 * @module
 */

import { assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import { memoryStore } from "@pyramidion/pyramidion/stores/memory";
import { TestClient, type TestPage } from "@pyramidion/pyramidion/testing";
import { MemoryAccounts } from "../../examples/guestbook/accounts.ts";
import { makeGuestbook } from "../../examples/guestbook/app.ts";
import { testUnless } from "../requirements.ts";
import { ExampleProcess, missingForExample } from "./example_process.ts";

const SECRET = "xkQy9wZC0TgJ3mVnB7sLrE5uHdA1fPo8iKcR2tWvXMY=";
const PASSWORDS: Readonly<Record<string, string>> = { ada: "countess", eve: "apple" };

function makeApp() {
  const accounts = {
    verify: (user: string, password: string) => Promise.resolve(PASSWORDS[user] === password),
  };
  return makeGuestbook({
    secret: SECRET,
    accounts,
    revocations: memoryStore(),
    now: () => new Date("2026-05-29T09:12:00Z"),
  });
}

async function signedIn(client: TestClient, user = "ada"): Promise<TestPage> {
  const page = await client.open("/login");
  return await page.form("login").submit({ user, password: PASSWORDS[user] });
}

/** The messages, the errors of forms and the entries that a page shows, as markup. */
function shown({ text }: TestPage) {
  const inner = (pattern: RegExp) =>
    text.matchAll(pattern).map(([, ...groups]) => groups.join(": ")).toArray();
  return {
    messages: inner(/<p class="message" role="status">(.*?)<\/p>/gs),
    errors: inner(/<a href="#(\w+)">(.*?)<\/a>/gs),
    entries: inner(/<b>(\w+)<\/b>\s*<time.*?<p class="text">(.*?)<\/p>/gs),
  };
}

/** The attributes of a control and the error that it refers to. */
function wrong({ text }: TestPage, name: string): { invalid: boolean; error: string | undefined } {
  const [, attributes = ""] = new RegExp(`id="${name}"(.*?)>`, "s").exec(text) ?? [];
  const [, described = ""] = /aria-describedby="(.*?)"/.exec(attributes) ?? [];
  const id = described.split(" ").find((id) => id.endsWith("-error")) ?? "none";
  return {
    invalid: attributes.includes('aria-invalid="true"'),
    error: new RegExp(`<p[^>]* id="${id}">(.*?)</p>`, "s").exec(text)?.[1],
  };
}

Deno.test("the guestbook is read by everybody and written by whoever signs in", async (t) => {
  const app = makeApp();
  const client = new TestClient(app);

  await t.step("a stranger who writes is asked to sign in, and the text is kept", async () => {
    const page = await client.open("/");
    assertEquals([page.status, page.title, shown(page).entries], [200, "Guestbook", []]);
    const answer = await page.form("write").submit({ text: "I was here\n& there" });
    assertEquals([answer.url, answer.title], ["https://app.test/login", "Sign in"]);
    assertEquals(shown(answer).messages, ["Your words are kept. Sign in to write."]);
  });
  await t.step("a wrong password is a 403 that says so", async () => {
    const page = await client.open("/login");
    const answer = await page.form("login").submit({ user: "ada", password: "wrong" });
    assertEquals([answer.status, answer.form("login").fields.user], [403, "ada"]);
    assertEquals(shown(answer).errors, ["user: The user name or the password is wrong"]);
    const error = "The user name or the password is wrong";
    for (const name of ["user", "password"]) {
      assertEquals(wrong(answer, name), { invalid: true, error }, name);
    }
    assertEquals([answer.title, answer.form("login").fields.password], [
      "Please correct: Sign in",
      "",
    ]);
  });
  await t.step("the right one signs in, and the text is still there", async () => {
    const page = await signedIn(client);
    assertEquals([page.status, page.url], [200, "https://app.test/"]);
    assertEquals(shown(page).messages, ["Welcome, ada"]);
    assertEquals(page.form("write").fields.text, "I was here\n& there");
    assertEquals(shown(await client.open("/")).messages, []);
  });
  await t.step("what is written is shown, escaped, and the form is empty", async () => {
    const answer = await client.page!.form("write").submit({ text: "<b>Ada</b>" });
    assertEquals(shown(answer), {
      messages: ["Thank you for writing"],
      errors: [],
      entries: ["ada: &lt;b&gt;Ada&lt;/b&gt;"],
    });
    assertEquals(answer.form("write").fields.text, "");
    assertMatch(answer.text, /<time datetime="2026-05-29T09:12:00.000Z">29 May 2026 at 09:12 UTC</);
  });
  await t.step("an empty text, or one that is too long, is a 422 that keeps it", async () => {
    const long = "a".repeat(501);
    for (const text of ["", "  ", long]) {
      const answer = await (await client.open("/")).form("write").submit({ text });
      assertEquals([answer.status, answer.form("write").fields.text], [422, text.trim()]);
      assertEquals(shown(answer).errors, ["text: Write 1 to 500 characters"]);
      const error = "Write 1 to 500 characters";
      assertEquals(wrong(answer, "text"), { invalid: true, error });
      assertEquals(answer.title, "Please correct: Guestbook");
    }
    const lines = "a\n".repeat(249) + "bb";
    const answer = await (await client.open("/")).form("write").submit({ text: lines });
    assertEquals(answer.status, 200);
  });
  await t.step("another visitor reads it", async () => {
    const { entries } = shown(await new TestClient(app).open("/"));
    assertEquals(entries.at(-1), "ada: &lt;b&gt;Ada&lt;/b&gt;");
  });
  await t.step("signing out forgets who it was", async () => {
    const answer = await (await client.open("/")).form("logout").submit();
    assertEquals(shown(answer).messages, ["You are signed out"]);
    const page = await answer.click("Sign in");
    assertEquals(page.title, "Sign in");
  });
});

Deno.test("the guestbook signs out copies of the cookie too", async () => {
  const app = makeApp();
  const client = new TestClient(app);
  const page = await signedIn(client);
  const copy = `__Host-session=${client.cookie("__Host-session")}`;
  const thief = new TestClient(app, { headers: { cookie: copy } });
  assertEquals((await thief.open("/")).forms.length, 2);
  await page.form("logout").submit();
  assertEquals((await thief.open("/")).forms.length, 1);
});

Deno.test("the guestbook refuses forms that are not of this session", async (t) => {
  const app = makeApp();
  const client = new TestClient(app);
  await t.step("a form from before signing in", async () => {
    const old = await client.open("/");
    await signedIn(client);
    const answer = await old.form("write").submit({ text: "late" });
    assertEquals(answer.status, 403);
    assertEquals(answer.title, "The form is out of date");
    const book = await answer.click("Go to the guestbook");
    assertEquals([book.status, shown(book).entries], [200, []]);
    // What was typed is there again, in a form of this session.
    const sent = await answer.form("write").submit();
    assertEquals([sent.status, shown(sent).entries], [200, ["ada: late"]]);
  });
  await t.step("a form without a token", async () => {
    assertEquals((await client.post("/", { text: "forged" })).status, 403);
  });
  await t.step("a form of another site", async () => {
    await client.open("/");
    const body = { text: "forged", csrf_token: client.csrfToken() };
    assertEquals((await client.post("/", body, { from: "https://evil.test/" })).status, 403);
  });
  await t.step("signing out by a link", async () => {
    assertEquals((await client.get("/logout")).status, 405);
  });
  assertEquals(shown(await client.open("/")).entries, ["ada: late"]);
});

Deno.test("the guestbook has a page for what is not there, and keeps none of its pages", async () => {
  const client = new TestClient(makeApp());
  const page = await client.open("/nowhere");
  assertEquals([page.status, page.title], [404, "There is no such page"]);
  const login = page.links.find(({ text }) => text === "Sign in");
  assertEquals(login?.href, "/login");
  await signedIn(client);
  const left = await (await client.open("/nowhere")).form("logout").submit();
  assertEquals(shown(left).messages, ["You are signed out"]);
  const book = await page.click("Go to the guestbook");
  assertEquals(book.status, 200);
  for (const path of ["/", "/login"]) {
    assertMatch((await client.open(path)).headers.get("cache-control") ?? "", /no-store/);
  }
});

testUnless(
  missingForExample,
  "the guestbook runs by its task, and says how to sign in",
  async () => {
    await using example = await ExampleProcess.start({}, "example:guestbook");
    const app = { fetch: (request: Request) => fetch(request) };
    const client = new TestClient(app, { origin: example.origin });
    const page = await client.open("/login");
    const answer = await page.form("login").submit({ user: "guest", password: "guest" });
    assertEquals(answer.status, 403);
    const signIn = /^Sign in as "guest" with the password "([\w-]{12})"$/m;
    const [, password = ""] = signIn.exec(await example.output(signIn)) ?? [];
    const welcome = await answer.form("login").submit({ password });
    assertEquals([welcome.status, shown(welcome).messages], [200, ["Welcome, guest"]]);
  },
);

Deno.test("MemoryAccounts knows a password by its hash, and no name that was not added", async (t) => {
  const accounts = new MemoryAccounts();
  await accounts.add("ada", "caf\u00e9");
  const rows: Record<string, [user: string, password: string, verified: boolean]> = {
    "the password": ["ada", "caf\u00e9", true],
    "the password, typed as other code points": ["ada", "cafe\u0301", true],
    "another password": ["ada", "cafe", false],
    "no password": ["ada", "", false],
    "the password of somebody else": ["eve", "caf\u00e9", false],
    "a key of every object": ["__proto__", "", false],
  };
  for (const [name, [user, password, verified]] of Object.entries(rows)) {
    await t.step(name, async () => {
      assertEquals(await accounts.verify(user, password), verified);
    });
  }
});

Deno.test("the pages of the guestbook load a style sheet of their own, and nothing else", async () => {
  const client = new TestClient(makeApp());
  const page = await client.open("/");
  assertMatch(
    page.headers.get("content-security-policy") ?? "",
    /^default-src 'none'; style-src 'self';/,
  );
  const [, path = ""] = /<link rel="stylesheet" href="(.*?)">/.exec(page.text) ?? [];
  const sheet = await client.get(path);
  assertEquals([sheet.status, sheet.headers.get("content-type")], [200, "text/css; charset=utf-8"]);
  assertMatch(await sheet.text(), /:root \{\s+color-scheme: light dark;/);
});
