/**
 * What the compiler says of common mistakes: at most six lines, which name the mistake.
 *
 * All mistakes are checked by one run of `deno check`. A line of a message is a line that says
 * something, with the lines that the compiler adds, such as `Did you forget to use 'await'?`. The
 * quoted source, its underline and its place are not counted.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import { missingPermission, testUnless } from "./requirements.ts";
import { withFiles } from "./temporary_files.ts";

const MOST_LINES = 6;

const ROOT = new URL("../", import.meta.url);

/** What stands before the mistakes: an app, and what it needs. */
const APP = `
import {
  Configurator, type ConfiguratorWith, html, route, type SecurityPolicy, type SessionFactory,
  type ViewRequest,
} from "${ROOT}mod.ts";
interface Data { user: string; count: number }
interface User { id: string }
declare const sessionFactory: SessionFactory<Data>;
declare const securityPolicy: SecurityPolicy<Data, User>;
const settings = { title: "Notes" };
const config = new Configurator({ sessionFactory, securityPolicy, settings });
const post = route("post", "/posts/:id", { factory: () => ({ title: "Tea" }) });
const about = route("about", "/about");
function shop(config: ConfiguratorWith<{ session: { cart: string[] } }>) {
  config.addRoute("shop", "/shop");
}
`;

/** The mistakes, each on one line, with the words that name it. */
const MISTAKES: Readonly<Record<string, readonly [code: string, words: RegExp]>> = {
  "a parameter that the pattern does not have": [
    "config.addView((request) => html`${request.matchdict.slug}`, { route: post });",
    /Property 'slug' does not exist on type '\{ id: string; \}'/,
  ],
  "a session that is not awaited": [
    'config.addView((request) => html`${request.session.get("user")}`, { route: post });',
    /Did you forget to use 'await'\?/,
  ],
  "a key that the session does not have": [
    'config.addView(async (request) => html`${(await request.session).get("usr")}`, { route: post });',
    /'"usr"' is not assignable to parameter of type '("user" \| "count"|"count" \| "user")'/,
  ],
  "a value of another type in the session": [
    'config.addView(async (r) => ((await r.session).set("count", "1"), html``), { route: post });',
    /'string' is not assignable to parameter of type 'number'/,
  ],
  "a key of the session that may be missing": [
    'config.addView(async (r) => html`${(await r.session).get("user").length}`, { route: post });',
    /Object is possibly 'undefined'/,
  ],
  "an object that is returned without a renderer": [
    "config.addView(() => ({ a: 1 }), { route: post });",
    /Property 'renderer' is missing .* required in type 'NoResponse<\{ a: number; \}>'/,
  ],
  "a return that was forgotten": [
    "config.addView((request) => { html`${request.matchdict.id}`; }, { route: post });",
    /Property 'renderer' is missing .* required in type 'NoResponse<void>'/,
  ],
  "text in place of html": [
    'config.addRoute("x", "/x", { view: () => "text" });',
    /Type 'string' is not assignable to type 'ViewResult \| Promise<ViewResult>'/,
  ],
  "an option that is misspelt": [
    'config.addView(() => html``, { route: post, requestMethods: "POST" });',
    /'requestMethods' does not exist .* Did you mean to write 'requestMethod'\?/,
  ],
  "options that were forgotten": [
    "config.addView(() => html``);",
    /Expected 2 arguments, but got 1/,
  ],
  "a path without its parameter": ["post.path();", /Expected 1-2 arguments, but got 0/],
  "a path with a parameter that the pattern does not have": [
    'post.path({ slug: "x" });',
    /'slug' does not exist in type/,
  ],
  "a view of another app": [
    "config.addView((_: ViewRequest<{ cart: string[] }>) => html``, { route: post });",
    /Property 'cart' is missing in type 'Data'/,
  ],
  "a view of another route": [
    "config.addView((_: ViewRequest<Data, { slug: string }>) => html``, { route: post });",
    /Property 'slug' is missing in type '\{ id: string; \}'/,
  ],
  "a context of a route without a factory": [
    "config.addView((request) => html`${request.context.title}`, { route: about });",
    /'request\.context' is of type 'unknown'/,
  ],
  "an identity that may be null": [
    "config.addView(async (request) => html`${(await request.identity).id}`, { route: post });",
    /Object is possibly 'null'/,
  ],
  "a setting that does not exist": [
    "config.addView((request) => html`${request.settings.titel}`, { route: post });",
    /Property 'titel' does not exist .* Did you mean 'title'\?/,
  ],
  "a part that needs what the app does not have": [
    "config.include(shop);",
    /Property 'cart' is missing in type 'Data'/,
  ],
  "a part that is async": [
    'config.include(async (part) => { part.addRoute("x", "/x"); });',
    /"Error: include\(\) takes no async function: await everything first"/,
  ],
};

/** What was said of one line: what it says, without quoted source and places. */
function saidOf(output: string, file: string): Map<number, string[]> {
  const said = new Map<number, string[]>();
  let lines: string[] = [];
  let isRelated = false;
  // A message that follows another one begins on the line of the first one's place.
  const [messages = ""] = output.split(/^Found \d+ errors?\.$/m);
  const text = messages.replace(/((?:file|asset):\S+?:\d+:\d+)(?=\D)(?!\n)\s*/g, "$1\n");
  for (const line of text.split("\n")) {
    const head = /^TS\d+ \[ERROR\]: (\s*)(.*)/.exec(line);
    const at = /^\s*at (\S+):(\d+):\d+$/.exec(line);
    if (head !== null) {
      isRelated = head[1] !== "";
      if (!isRelated) lines = [];
      lines.push(head[2] ?? "");
    } else if (at !== null) {
      if (!isRelated && at[1] === file) said.set(Number(at[2]), lines);
      // What follows a place belongs to the same mistake.
      isRelated = true;
    } else if (/^\s*[~^]+$/.test(line)) lines.pop();
    else if (line.trim() !== "") lines.push(line);
  }
  return said;
}

Deno.test("saidOf() leaves out what is quoted, and counts what is added", () => {
  const output = `TS1 [ERROR]: One.
  Two.
code();
~~~~
    at file:///x.ts:3:1

    'three' is declared here.
      three: string;
      ~~~~~
        at file:///y.ts:9:1TS2 [ERROR]:     Four.
      five();
      ^
        at file:///y.ts:7:1

TS3 [ERROR]: Other.
code();
^
    at file:///x.ts:4:1

Found 2 errors.

error: Type checking failed.
`;
  assertEquals([...saidOf(output, "file:///x.ts")], [
    [3, ["One.", "  Two.", "    'three' is declared here.", "Four."]],
    [4, ["Other."]],
  ]);
});

testUnless(
  missingPermission(
    { name: "read" },
    { name: "write" },
    { name: "run", command: Deno.execPath() },
  ),
  "the compiler names each common mistake in at most six lines",
  async (t) => {
    const before = APP.split("\n").length;
    const code = Object.values(MISTAKES).map(([code]) => code);
    await withFiles({ "mistakes.ts": `${APP}\n${code.join("\n")}\n` }, async (folder) => {
      const { stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["check", "--quiet", "--config", new URL("deno.json", ROOT).pathname, "mistakes.ts"],
        cwd: folder,
        env: { NO_COLOR: "1" },
      }).output();
      const output = new TextDecoder().decode(stderr);
      const said = saidOf(output, `file://${folder}/mistakes.ts`);
      let line = before;
      for (const [name, [, words]] of Object.entries(MISTAKES)) {
        const lines = said.get(++line);
        await t.step(name, () => {
          assert(lines !== undefined, `the compiler takes it: ${output}`);
          assertMatch(lines.join("\n"), words);
          assert(lines.length <= MOST_LINES, `${lines.length} lines:\n${lines.join("\n")}`);
        });
      }
      assertEquals(said.size, code.length);
    });
  },
);
