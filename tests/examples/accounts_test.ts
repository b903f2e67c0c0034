/**
 * The accounts example: several devices of a user, in one process and in two.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertRejects } from "jsr:@std/assert@^1.0.0";
import { memoryStore } from "@pyramidion/pyramidion/stores/memory";
import { settableClock, TestClient, type TestPage } from "@pyramidion/pyramidion/testing";
import { makeAccounts } from "../../examples/accounts/app.ts";
import { deviceOf } from "../../examples/accounts/device.ts";
import { SqliteUsers, type Users } from "../../examples/accounts/users.ts";
import { openStore } from "../../examples/store.ts";
import { missingPermission, testUnless } from "../requirements.ts";
import { noPostgres, startPostgres } from "../session/stores/postgres/postgres_server.ts";
import { noRedis, startRedis } from "../session/stores/redis/redis_server.ts";
import { withFiles } from "../temporary_files.ts";
import { ExampleProcess, missingForExample } from "./example_process.ts";

const SECRET = "xkQy9wZC0TgJ3mVnB7sLrE5uHdA1fPo8iKcR2tWvXMY=";
const PASSWORD = "a long password";
const AGENTS = {
  laptop: "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
  phone:
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
  tablet:
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
};
const noFiles = missingPermission({ name: "read" }, { name: "write" });

/** Users with the quick passwords of a test. */
function quickUsers(): Users {
  const passwords = new Map<string, string>();
  return {
    add(name, password) {
      const isFree = !passwords.has(name);
      if (isFree) passwords.set(name, password);
      return Promise.resolve(isFree);
    },
    verify: (name, password) => Promise.resolve(passwords.get(name) === password),
    isAdministrator: (name) => passwords.keys().next().value === name,
    names: () => [...passwords.keys()],
  };
}

function begun() {
  const clock = settableClock(Date.UTC(2026, 4, 29, 8, 12));
  const app = makeAccounts({
    secret: SECRET,
    users: quickUsers(),
    store: memoryStore(),
    now: clock,
  });
  const device = (kind: keyof typeof AGENTS, remoteAddr = "192.0.2.1") =>
    new TestClient(app, {
      clock,
      headers: { "user-agent": AGENTS[kind] },
      remoteAddr: { transport: "tcp", hostname: remoteAddr, port: 1 },
    });
  return { app, clock, device };
}

const signUp = async (client: TestClient, name: string) =>
  await (await client.open("/sign-up")).form("sign-up").submit({ name, password: PASSWORD });
const signIn = async (client: TestClient, name: string, password = PASSWORD) =>
  await (await client.open("/sign-in")).form("sign-in").submit({ name, password });

/** What a page shows: its messages, its errors, and each device, marked with a star if it is this one. */
function shown({ text }: TestPage) {
  const inner = (pattern: RegExp) => text.matchAll(pattern).map(([, one = ""]) => one).toArray();
  const devices = inner(/<li class="card">(.*?)<\/li>/gs).map((item) => {
    const [, label = ""] = /<h2[^>]*>([^<]*)/.exec(item) ?? [];
    return label.trim() + (item.includes("This device") ? " *" : "");
  });
  return {
    devices,
    messages: inner(/<p class="message" role="status">(.*?)<\/p>/gs),
    errors: inner(/<a href="#\w+">(.*?)<\/a>/gs),
  };
}

/** Sends the form of a device, found by its label. */
async function endDevice(page: TestPage, label: string): Promise<TestPage> {
  const at = shown(page).devices.filter((one) => !one.endsWith("*")).indexOf(label);
  const forms = page.forms.filter(({ fields }) => "id" in fields);
  const form = forms[at];
  assert(form !== undefined, `no form for ${label}`);
  return await form.submit();
}

Deno.test("accounts: a user sees each device, and ends one or all others", async (t) => {
  const { clock, device } = begun();
  const [laptop, phone, tablet] = [
    device("laptop"),
    device("phone", "2001:db8::7"),
    device("tablet"),
  ];
  await t.step("one device", async () => {
    const page = await signUp(laptop, "ada");
    assertEquals([page.status, page.title, page.url], [200, "Your devices", "https://app.test/"]);
    assertEquals(shown(page), {
      devices: ["Firefox on Linux *"],
      messages: ["Welcome, ada"],
      errors: [],
    });
    assertEquals(page.text.includes("Sign out everywhere else"), false);
  });
  await t.step("three devices, the last used first, with address and times", async () => {
    clock.travel(180);
    await signIn(phone, "ada");
    clock.travel(60);
    await signIn(tablet, "ada");
    clock.travel(1);
    const page = await laptop.open("/");
    assertEquals(shown(page).devices, [
      "Chrome on Android",
      "Safari on an iPhone",
      "Firefox on Linux *",
    ]);
    assertMatch(page.text, /Address 2001:db8::7/);
    assertMatch(
      page.text,
      /Signed in <time datetime="2026-05-29T08:12:00.000Z">29 May 2026, 08:12/,
    );
  });
  await t.step("end one of them", async () => {
    const page = await endDevice(await laptop.open("/"), "Safari on an iPhone");
    assertEquals(shown(page).messages, ["The session is ended"]);
    // The visit before renewed the session of the laptop.
    assertEquals(shown(page).devices, ["Firefox on Linux *", "Chrome on Android"]);
    assertEquals((await phone.open("/")).title, "Sign in");
    assertEquals((await tablet.open("/")).title, "Your devices");
  });
  await t.step("end one that has ended meanwhile", async () => {
    const old = await laptop.open("/");
    await (await tablet.open("/")).form("sign-out").submit();
    assertEquals(shown(await endDevice(old, "Chrome on Android")).messages, [
      "That session had ended before",
    ]);
  });
  await t.step("sign out everywhere else", async () => {
    for (const client of [phone, tablet]) await signIn(client, "ada");
    const page = await (await laptop.open("/")).form("end-others").submit();
    assertEquals(shown(page).messages, ["2 sessions are ended"]);
    assertEquals(shown(page).devices, ["Firefox on Linux *"]);
    for (const client of [phone, tablet]) assertEquals((await client.open("/")).title, "Sign in");
  });
});

Deno.test("accounts: whoever ends sessions has entered the password lately", async () => {
  const { clock, device } = begun();
  const [laptop, phone] = [device("laptop"), device("phone")];
  await signUp(laptop, "ada");
  await signIn(phone, "ada");
  clock.travel(601);
  for (const client of [laptop, phone]) await client.open("/");
  const asked = await (await laptop.open("/")).form("end-others").submit();
  assertEquals([asked.title, asked.form("sign-in").fields.name], [
    "Enter your password again",
    "ada",
  ]);
  assertEquals((await endDevice(await laptop.open("/"), "Safari on an iPhone")).title, asked.title);
  assertEquals((await phone.open("/")).title, "Your devices");
  const page = await asked.form("sign-in").submit({ password: PASSWORD });
  assertEquals(shown(page).devices.length, 2);
  assertEquals(shown(await page.form("end-others").submit()).messages.at(-1), "1 session is ended");
});

Deno.test("accounts: the administrator ends the sessions of others, and nobody else does", async (t) => {
  const { device } = begun();
  const [admin, eve, other] = [device("laptop"), device("phone"), device("tablet")];
  await signUp(admin, "ada");
  await signUp(eve, "eve");
  await signIn(other, "eve");
  await t.step("the page of a user", async () => {
    const page = await (await (await admin.open("/")).click("All users")).click("eve");
    assertEquals([page.title, shown(page).devices.length], ["Devices of eve", 2]);
    const ended = await endDevice(page, "Chrome on Android");
    assertEquals(shown(ended).devices, ["Safari on an iPhone"]);
    assertEquals((await other.open("/")).title, "Sign in");
    const none = await ended.form("end-all").submit();
    assertEquals([shown(none).messages, shown(none).devices], [["1 session is ended"], []]);
    assertMatch(none.text, /No device is signed in/);
    assertEquals((await eve.open("/")).title, "Sign in");
  });
  await t.step("the administrator stays signed in", async () => {
    const page = await (await admin.open("/users/ada")).form("end-all").submit();
    assertEquals(shown(page).devices, ["Firefox on Linux *"]);
    assertEquals((await admin.open("/users/nobody")).status, 404);
  });
  await t.step("another user", async () => {
    await signIn(eve, "eve");
    for (const path of ["/users", "/users/ada"]) {
      const page = await eve.open(path);
      assertEquals([page.status, page.title], [403, "You may not do this"]);
    }
    const form = await eve.open("/");
    const token = form.form("sign-out").fields.csrf_token ?? "";
    const sent = await eve.post("/users/ada/end-all", { csrf_token: String(token) });
    assertEquals(sent.status, 403);
    assertEquals(shown(await admin.open("/")).devices, ["Firefox on Linux *"]);
  });
  await t.step("the id of another user's session", async () => {
    const page = await admin.open("/users/ada");
    const [, id = ""] = /id="of-([\w-]{22})"/.exec(page.text) ?? [];
    const token = (await eve.open("/")).form("sign-out").fields.csrf_token ?? "";
    await eve.post("/end", { csrf_token: String(token), id });
    assertEquals(shown(await eve.open("/")).messages, ["That session had ended before"]);
    assertEquals((await admin.open("/")).title, "Your devices");
  });
});

Deno.test("accounts: the forms say what is wrong, and no page is kept", async (t) => {
  const { device } = begun();
  const client = device("laptop");
  await t.step("sign up", async () => {
    const page = await client.open("/sign-up");
    const wrong = await page.form("sign-up").submit({ name: "a b", password: "short" });
    assertEquals([wrong.status, shown(wrong).errors], [
      422,
      ["Write 1 to 32 letters and digits", "Write at least 8 characters"],
    ]);
    await signUp(client, "ada");
    const taken = await signUp(device("phone"), "ada");
    assertEquals([taken.status, shown(taken).errors], [
      422,
      ["Another user has this name. Choose another one"],
    ]);
  });
  await t.step("sign in", async () => {
    const wrong = await signIn(device("phone"), "ada", "wrong");
    assertEquals([wrong.status, shown(wrong).errors], [
      403,
      ["The user name or the password is wrong"],
    ]);
  });
  await t.step("a form of another session", async () => {
    const old = await device("phone").open("/sign-in");
    const { csrf_token: token = "" } = old.form("sign-in").fields;
    const stale = await client.post("/end-others", { csrf_token: String(token) });
    assertEquals(stale.status, 403);
    assertMatch(await stale.text(), /The form is out of date/);
  });
  for (const path of ["/", "/sign-in", "/sign-up", "/users", "/users/ada"]) {
    const page = await client.open(path);
    assertMatch(page.headers.get("cache-control") ?? "", /no-store/, path);
    assertMatch(page.headers.get("content-security-policy") ?? "", /^default-src 'none'; /, path);
  }
});

Deno.test("deviceOf() names browsers and systems, and nothing that a visitor wrote", () => {
  const chrome = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0";
  const rows: Record<string, string> = {
    [AGENTS.laptop]: "Firefox on Linux",
    [AGENTS.phone]: "Safari on an iPhone",
    [AGENTS.tablet]: "Chrome on Android",
    [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome} Safari/537.36 Edg/126.0.0.0`]:
      "Edge on Windows",
    [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${chrome} Safari/537.36 OPR/111.0.0.0`]:
      "Opera on a Mac",
    [`Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${chrome} Safari/537.36`]: "Chrome on a Chromebook",
    "curl/8.5.0": "Unknown browser",
    "<b>Linux</b>": "Unknown browser on Linux",
    "": "Unknown browser",
  };
  for (const [agent, device] of Object.entries(rows)) assertEquals(deviceOf(agent), device, agent);
  assertEquals(deviceOf(null), "Unknown browser");
});

testUnless(
  noFiles,
  "SqliteUsers are shared by their file, and each name is given once",
  async () => {
    await withFiles({}, async (folder) => {
      using one = new SqliteUsers(`${folder}/users.db`);
      using two = new SqliteUsers(`${folder}/users.db`);
      const added = await Promise.all([one.add("ada", "caf\u00e9"), two.add("ada", "other")]);
      assertEquals(added.filter(Boolean).length, 1);
      assertEquals(await two.add("eve", PASSWORD), true);
      assertEquals(await one.verify("eve", PASSWORD), true);
      assertEquals(await one.verify("eve", "wrong"), false);
      assertEquals(await one.verify("nobody", PASSWORD), false);
      assertEquals([one.names(), one.isAdministrator("ada"), two.isAdministrator("eve")], [
        ["ada", "eve"],
        true,
        false,
      ]);
    });
  },
);

testUnless(noFiles, "openStore() of the examples opens each kind of store", async (t) => {
  await t.step("a file", async () => {
    await withFiles({}, async (folder) => {
      for (const address of ["memory", `sqlite:${folder}/a b.db`]) {
        const store = await openStore(address);
        await store.add("x", Date.now() + 9e9);
        assertEquals([await store.has("x"), await store.has("y")], [true, false]);
        await store[Symbol.asyncDispose]?.();
      }
    });
  });
  await t.step("an address that is none, without its password", async () => {
    for (const address of ["mysql://ada:s3cret@host", "s3cret", ""]) {
      const { message } = await assertRejects(() => openStore(address), TypeError);
      assertMatch(message, /^Cannot open the store "\w*": write memory, sqlite:<file>, /);
      assertEquals(message.includes(":s3cret"), false);
    }
  });
});

testUnless(
  missingForExample ?? noRedis ?? noPostgres,
  "the examples run by their tasks with Redis and PostgreSQL, by SESSION_STORE",
  async (t) => {
    await using redis = await startRedis();
    await using postgres = await startPostgres();
    const addresses = [
      `redis://localhost:${redis.port}`,
      `postgres://postgres@localhost:${postgres.port}/postgres`,
    ];
    for (const address of addresses) {
      await t.step(address.split(":", 1)[0] ?? "", async () => {
        // The package pg reads variables of the environment.
        const permissions = address.startsWith("postgres") ? ["--allow-env"] : [];
        const env = { SESSION_STORE: address };
        await using example = await ExampleProcess.start(env, "example:guestbook", permissions);
        const response = await fetch(`${example.origin}/`);
        assertEquals([response.status, (await response.text()).includes("Guestbook")], [200, true]);
      });
    }
  },
);

testUnless(
  missingForExample ?? noFiles,
  "accounts: two processes share one SQLite file, and end each other's sessions",
  async (t) => {
    const folder = await Deno.makeTempDir();
    try {
      const env = { SESSION_SECRET: SECRET };
      const start = () => ExampleProcess.start(env, "example:accounts", [], folder);
      await using one = await start();
      await using two = await start();
      assert(one.origin !== two.origin);
      const app = { fetch: (request: Request) => fetch(request) };
      const device = (at: ExampleProcess) => new TestClient(app, { origin: at.origin });
      const [laptop, phone] = [device(one), device(two)];
      await t.step("a user of one process signs in at the other", async () => {
        assertEquals((await signUp(laptop, "ada")).title, "Your devices");
        assertEquals((await signIn(phone, "ada")).title, "Your devices");
        assertEquals(shown(await laptop.open("/")).devices.length, 2);
      });
      await t.step("a session that one process ends is over in the other", async () => {
        const page = await (await phone.open("/")).form("end-others").submit();
        assertEquals(shown(page).messages.at(-1), "1 session is ended");
        assertEquals((await laptop.open("/")).title, "Sign in");
        assertEquals((await phone.open("/")).title, "Your devices");
      });
      await t.step("sessions outlive their process", async () => {
        await two.stop();
        await using three = await start();
        const cookie = phone.jar.header(new URL(`${two.origin}/`)) ?? "";
        const again = await fetch(`${three.origin}/`, { headers: { cookie } });
        assertMatch(await again.text(), /<h1>Your devices<\/h1>/);
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);
