/**
 * The sign-in example for real: its own process, a socket, and a visitor with a cookie jar.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertNotEquals } from "jsr:@std/assert@^1.0.0";
import { TestClient } from "@pyramidion/pyramidion/testing";
import { testUnless } from "../requirements.ts";
import { ExampleProcess, missingForExample } from "./example_process.ts";

const ADDED = '<h2>Session object added.</h2><br><h3><a href="/read">click here</a></h3>';
const LOGGED_OUT = '<h2>You have been logged out </h2><br><h3><a href="/">Login</a></h3>';
const welcome = (name: string) =>
  `<h2>Welcome ${name} </h2><br><h3><a href="/logout">Logout</a></h3>`;

const SECRET = "SxVeGhwGK6cN0yMe7kzH4mqD9tUBVbCXr1u3aLfPZJQ=";

/** Everything that was answered, for what must hold of each. */
const answers: { readonly request: string; readonly status: number; readonly text: string }[] = [];

/** A new visitor, whose requests go over the socket. */
function visitor(example: ExampleProcess): TestClient {
  const app = {
    async fetch(request: Request): Promise<Response> {
      const response = await fetch(request, { redirect: "manual" });
      const text = await response.clone().text();
      answers.push({ request: `${request.method} ${request.url}`, status: response.status, text });
      return response;
    },
  };
  return new TestClient(app, { origin: example.origin });
}

/** That an answer is a page with the tutorial's words in it, and no others of the tutorial. */
async function assertTutorial(response: Response, words: string): Promise<void> {
  const page = await response.text();
  assertEquals([response.status, tutorialOf(page)], [200, [words]]);
  assertMatch(page, /^\s*<!doctype html>\s*<html lang="en">/);
  assertMatch(page, /follows the tutorial of Pyramid[^<]* signs in and out by GET\./);
}

/** What a page has of the tutorial. */
function tutorialOf(page: string): string[] {
  const section = /<section class="card tutorial"[^>]*>(.*?)<\/section>/gs;
  return page.matchAll(section).map(([, words = ""]) => words.trim()).toArray();
}

/** To the login form, and no further word. */
async function assertSentToLogin(response: Response): Promise<void> {
  assertEquals([response.status, response.headers.get("location")], [302, "/"]);
  await response.body?.cancel();
}

async function signedIn(example: ExampleProcess, name = "Admin"): Promise<TestClient> {
  const client = visitor(example);
  await assertTutorial(await client.get(`/add?user=${encodeURIComponent(name)}`), ADDED);
  return client;
}

testUnless(missingForExample, "the sign-in example remembers a name until logout", async (t) => {
  await using example = await ExampleProcess.start();
  const client = visitor(example);

  await t.step("GET / is the form, without a cookie", async () => {
    const response = await client.get("/");
    assertEquals([response.status, response.headers.getSetCookie()], [200, []]);
    const page = await response.text();
    assertMatch(page, /^\s*<!doctype html>/i);
    const [tutorial = ""] = tutorialOf(page);
    assertMatch(tutorial, /^<form action="\/add">/);
    assertMatch(tutorial, /Enter User name : <input type="text" name="user"/);
    assertMatch(tutorial, /<input type="submit" value="submit">/);
  });
  await t.step("GET /add keeps the name in one cookie", async () => {
    const response = await client.get("/add?user=Admin");
    assertEquals(response.headers.getSetCookie().length, 1);
    assertMatch(
      response.headers.getSetCookie()[0]!,
      /^session=[\w-]+; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    await assertTutorial(response, ADDED);
  });
  await t.step("GET /read knows it, and says it without a new cookie", async () => {
    const response = await client.get("/read");
    assertEquals(response.headers.getSetCookie(), []);
    await assertTutorial(response, welcome("Admin"));
  });
  await t.step("GET /logout deletes the cookie", async () => {
    await assertTutorial(await client.get("/logout"), LOGGED_OUT);
    assertEquals(client.jar.cookies(), []);
  });
  await t.step("GET /read afterwards sends the visitor to the login form", async () => {
    await assertSentToLogin(await client.get("/read"));
  });
  await t.step("GET /logout once more is no error", async () => {
    await assertTutorial(await client.get("/logout"), LOGGED_OUT);
  });
  await t.step("the next name is another one", async () => {
    await assertTutorial(await client.get("/add?user=Eve"), ADDED);
    await assertTutorial(await client.get("/read"), welcome("Eve"));
  });
  await t.step("a second visitor is nobody", async () => {
    await assertSentToLogin(await visitor(example).get("/read"));
  });
});

testUnless(
  missingForExample,
  "the sign-in example shows the form to copy: by POST, with a token, bound",
  async (t) => {
    await using example = await ExampleProcess.start();
    const client = visitor(example);

    await t.step("the tutorial's page says which is which, and leads to it", async () => {
      const page = await client.open("/");
      assertMatch(page.text, /It signs in and out by GET\.\s+That is for the tutorial only/);
      assertEquals((await page.click("The form to copy")).url, `${example.origin}/sign-in`);
    });
    await t.step("a name is sent, and the session is another one", async () => {
      const before = client.jar.get("session")?.value;
      const page = await (await client.open("/sign-in")).form().submit({ user: "Admin" });
      assertMatch(page.text, /<h1>Welcome Admin<\/h1>/);
      assertMatch(page.text, /<button>Sign out/);
      const header = /Signed in as <\/span>\s*<a href="\/sign-in">Admin<\/a>/;
      for (const path of ["/", "/sign-in"]) {
        assertMatch((await client.open(path)).text, header, path);
      }
      assertNotEquals(client.jar.get("session")?.value, before);
    });
    await t.step("a GET signs nobody out", async () => {
      const response = await client.get("/sign-out");
      assertEquals([response.status, response.headers.get("allow")], [405, "POST"]);
      await response.body?.cancel();
    });
    await t.step("a form without its token is refused, and one of another site", async () => {
      const from = "https://evil.test/";
      for (const init of [{}, { from }, { from, csrfHeader: true }]) {
        const response = await client.post("/sign-out", {}, init);
        assertEquals(response.status, 403);
        await response.body?.cancel();
      }
    });
    await t.step("the form signs out, and deletes the cookie", async () => {
      const page = await (await client.open("/sign-in")).form().submit();
      assertMatch(page.text, /<button>Sign in/);
      assert(!page.text.includes("Signed in as"));
      assertEquals(client.jar.get("session"), null);
    });
    await t.step("a name that is none is a 400 that says so beside the field", async () => {
      const long = "x".repeat(201);
      for (const [user, typed] of [[" ", ""], [long, long]]) {
        const page = await (await client.open("/sign-in")).form().submit({ user: user! });
        assertEquals([page.status, page.form().fields.user], [400, typed]);
        assertMatch(
          page.text,
          /id="user"[^>]* aria-describedby="user-error"\s+aria-invalid="true"/,
        );
        assertMatch(page.text, /id="user-error">Give a user name of 1 to 200 characters</);
      }
    });
    await t.step("beside the tutorial's Logout is a way to sign out by POST", async () => {
      await client.open("/add?user=Eve");
      const page = await (await client.open("/read")).click("The form to copy");
      assertMatch(page.text, /The tutorial remembers the name Eve\./);
      const form = page.forms.find(({ name }) => name === "sign-out");
      assertEquals((await form!.submit()).url, `${example.origin}/sign-in`);
      assertEquals(client.jar.get("session"), null);
    });
  },
);

testUnless(missingForExample, "the sign-in example answers every wrong turn", async (t) => {
  await using example = await ExampleProcess.start({ SESSION_SECRET: SECRET });

  await t.step("read without a session: to the login form", async () => {
    await assertSentToLogin(await visitor(example).get("/read"));
  });
  await t.step("logout without a session: 200, and nothing to delete", async () => {
    const response = await visitor(example).get("/logout");
    assertEquals(response.headers.getSetCookie(), []);
    await assertTutorial(response, LOGGED_OUT);
  });
  await t.step("read with a tampered cookie: to the login form", async (t) => {
    const client = await signedIn(example);
    const token = client.jar.get("session")!.value;
    for (const at of [0, 5, 20, token.length - 20, token.length - 1]) {
      await t.step(`character ${at} of ${token.length}`, async () => {
        const tampered = token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1);
        assertNotEquals(tampered, token);
        const headers = { cookie: `session=${tampered}` };
        await assertSentToLogin(await client.get("/read", { headers }));
      });
    }
    await assertTutorial(await client.get("/read"), welcome("Admin"));
  });

  const tooLong = "x".repeat(5_000);
  const bad: Record<string, string> = {
    "no name at all": "/add",
    "an empty name": "/add?user=",
    "a name of spaces": "/add?user=%20%20",
    "a name of 201 characters": `/add?user=${"x".repeat(201)}`,
    "a name of 5,000 characters": `/add?user=${tooLong}`,
    "a path that is not UTF-8": "/%FF",
    "a path that is not percent-encoded": "/%zz",
  };
  for (const [name, path] of Object.entries(bad)) {
    await t.step(`${name}: 400, and no cookie`, async () => {
      const response = await visitor(example).get(path);
      assertEquals([response.status, response.headers.getSetCookie()], [400, []]);
      assertMatch(await response.text(), /^400 Bad Request\n/);
    });
  }
  await t.step("a refused name leaves the old one", async () => {
    const client = await signedIn(example);
    const response = await client.get(`/add?user=${tooLong}`);
    assertEquals(response.status, 400);
    await response.body?.cancel();
    await assertTutorial(await client.get("/read"), welcome("Admin"));
  });

  const escaped: Record<string, [name: string, shown: string]> = {
    "<script>": ["<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"],
    "quotes and ampersand": [`"&'`, "&quot;&amp;&#39;"],
    "umlaut and emoji": ["Jürgen 😀", "Jürgen 😀"],
    "right to left": ["\u202eمدير", "\u202eمدير"],
    "200 emoji halves": ["😀".repeat(100), "😀".repeat(100)],
    "a key of every object": ["__proto__", "__proto__"],
  };
  for (const [title, [name, shown]] of Object.entries(escaped)) {
    await t.step(`name with ${title}: shown as text`, async () => {
      const response = await (await signedIn(example, name)).get("/read");
      assertEquals(response.headers.get("content-type")?.toLowerCase(), "text/html; charset=utf-8");
      await assertTutorial(response, welcome(shown));
    });
  }

  await t.step("a name in a posted form counts", async () => {
    const client = visitor(example);
    await assertTutorial(await client.post("/add", { user: "From Body" }), ADDED);
    await assertTutorial(await client.get("/read"), welcome("From Body"));
  });
  await t.step("an unknown path: 404; a slash too many: 404", async () => {
    for (const path of ["/nosuch", "/read/", "/READ"]) {
      const response = await visitor(example).get(path);
      assertEquals([path, response.status], [path, 404]);
      await response.body?.cancel();
    }
  });
  await t.step("DELETE: 405 and what is allowed", async () => {
    const response = await visitor(example).fetch("/", { method: "DELETE" });
    assertEquals([response.status, response.headers.get("allow")], [405, "GET, HEAD"]);
    await response.body?.cancel();
  });
  await t.step("HEAD: no body", async () => {
    const response = await visitor(example).fetch("/", { method: "HEAD" });
    assertEquals([response.status, await response.text()], [200, ""]);
  });

  await t.step("no answer is a 500, and none tells of the inside", () => {
    assert(answers.length > 30);
    for (const { request, status, text } of answers) {
      assert(status < 500, `${request}: ${status}`);
      const inside = /file:\/\/|\.ts\b|\bat \S+ \(|Error:|\/examples\/|\/lib\//.exec(text);
      assertEquals(inside?.[0], undefined, request);
    }
  });
  await t.step("the process wrote nothing of all this", async () => {
    const { stdout, stderr } = await example.stop();
    assertEquals(stdout, "");
    assertMatch(stderr, /^Listening on \S+\s*$/);
  });
});

testUnless(missingForExample, "the sign-in example says that it has no secret", async () => {
  const example = await ExampleProcess.start();
  const { stdout } = await example.stop();
  assertEquals(
    stdout,
    "SESSION_SECRET is not set: sessions are signed with a random secret for this run\n",
  );
});

testUnless(missingForExample, "the sign-in example refuses a weak secret", async (t) => {
  const weak: Record<string, string> = {
    "an empty one": "",
    "a short one": "itsaseekreet",
    "31 bytes": SECRET.slice(0, 31),
    "one character": "a".repeat(32),
  };
  for (const [name, secret] of Object.entries(weak)) {
    await t.step(name, async () => {
      const { code, stdout, stderr } = await new ExampleProcess({ SESSION_SECRET: secret }).ended();
      assertNotEquals(code, 0);
      assertEquals(stdout, "");
      assertMatch(stderr, /Cannot use the secret: it is .+: make one with: deno eval '/);
      assert(secret === "" || !stderr.includes(secret), "the secret is in the message");
    });
  }
});

testUnless(missingForExample, "sessions of the sign-in example outlive the process", async (t) => {
  const first = await ExampleProcess.start({ SESSION_SECRET: SECRET });
  const before = await signedIn(first);
  const cookie = `session=${before.jar.get("session")!.value}`;
  await first.stop();

  await t.step("where the next one has the same secret", async () => {
    await using next = await ExampleProcess.start({ SESSION_SECRET: SECRET });
    const response = await visitor(next).get("/read", { headers: { cookie } });
    await assertTutorial(response, welcome("Admin"));
  });
  await t.step("and not where it has another", async () => {
    await using next = await ExampleProcess.start();
    await assertSentToLogin(await visitor(next).get("/read", { headers: { cookie } }));
  });
});
