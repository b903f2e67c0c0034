/**
 * `runCommand`: arguments in, text and exit code out; and the program itself.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import { type CommandEnvironment, runCommand } from "@pyramidion/pyramidion/cli";
import { missingPermission, testUnless } from "../requirements.ts";
import { SAMPLE_SECRET, sampleApp } from "../sample_app.ts";

const root = new URL("../../", import.meta.url);
const SIGN_IN = "examples/sign_in/serve.ts";

/** A cookie as Pyramid writes it. */
const PYRAMID_COOKIE =
  "session=GxmrBFb1KLyh9lPkV0PPP_A1k4RWjafa-os6MnPO6NWN8ghN7168QlohZoKC_fPyU5h0k9ljQh5KlzB86r_031sx" +
  "NzAwMDAwMDAwLCAxNzAwMDAwMDAwLjUsIHsidXNlciI6ICJBZG1pbiJ9XQ";

function environment(over: Partial<CommandEnvironment> = {}): CommandEnvironment {
  return {
    folder: root.pathname.replace(/\/$/, ""),
    columns: Infinity,
    isColoured: false,
    now: Date.now(),
    variable: () => undefined,
    readInput: () => Promise.resolve(""),
    ...over,
  };
}

async function sampleCookie(): Promise<string> {
  const { app } = sampleApp({
    "/": async (request) => {
      (await request.session).set("user", "ada");
      return new Response();
    },
  }, { session: { clock: Date.now } });
  const response = await app.fetch(new Request("http://localhost/"));
  return response.headers.getSetCookie()[0] ?? "";
}

Deno.test("runCommand shows the usage if it is asked for help", async (t) => {
  for (const args of [[], ["--help"], ["-h"], ["help"]]) {
    await t.step(args.join(" ") || "no argument", async () => {
      const { code, stdout, stderr } = await runCommand(args, environment());
      assertEquals([code, stderr], [0, ""]);
      for (const name of ["doctor", "inspect", "match", "routes", "secret"]) {
        assertMatch(stdout, new RegExp(`\n  ${name} +[A-Z]`));
      }
    });
  }
  for (const name of ["doctor", "inspect", "match", "routes", "secret"]) {
    await t.step(`${name} --help`, async () => {
      const { code, stdout } = await runCommand([name, "--help"], environment());
      assertEquals(code, 0);
      assertMatch(stdout, new RegExp(`^Usage: deno run .+/cli ${name}`));
    });
  }
});

Deno.test("runCommand ends with 2 for arguments that cannot be used, and names what can", async (t) => {
  const rows: Record<string, [args: string[], stderr: RegExp]> = {
    "a command near one": [
      ["rotues"],
      /^Cannot run "rotues": no such command: did you mean "routes"\?\n/,
    ],
    "a command near none": [["serve"], /^Cannot run "serve": no such command\n/],
    "a command of every object": [["toString"], /^Cannot run "toString": no such command\n/],
    "what a terminal would obey": [["\x1b[2J"], /^Cannot run "\\x1b\[2J": no such command\n/],
    "no module": [
      ["routes"],
      /^Cannot run "routes" with 0 arguments: it takes <app module>\n/,
    ],
    "an option near one": [["routes", "--jsno"], /did you mean "--json"\?\n/],
    "an argument too many": [["secret", "please"], /: it takes none\n/],
    "no path": [["match", "app.ts"], /: it takes <app module> \[method\] <path>\n/],
    "no cookie": [["inspect"], /: it takes <cookie>\n/],
    "no number": [["inspect", "AQ", "--timeout", "soon"], /^Cannot set timeout to NaN: must be/],
    "an empty number": [["inspect", "AQ", "--timeout="], /^Cannot set timeout to NaN: must be/],
    "no name": [["inspect", "AQ", "--cookie-name", "a b"], /^Cannot use session cookie "a b": /],
  };
  for (const [name, [args, expected]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { code, stdout, stderr } = await runCommand(args, environment());
      assertEquals([code, stdout], [2, ""]);
      assertMatch(stderr, expected);
      assertMatch(stderr, /\nUse --help to see how the commands are used\n$/);
    });
  }
});

Deno.test("the help of a command explains its arguments, one a line and aligned", async () => {
  const { stdout } = await runCommand(["match", "--help"], environment());
  assertEquals(stdout.split("\n"), [
    "Usage: deno run -A jsr:@pyramidion/pyramidion/cli match <app module> [method] <path>",
    "",
    "Shows which view answers a request, and why the others do not.",
    "",
    "  <path>                  begins with a slash, or is a URL; the method is GET unless it is given",
    '  --header "name: value"  sends a header; may be given again',
    "  --json                  writes JSON",
    "  Ends with 1 where no view answers.",
    "",
  ]);
});

Deno.test("runCommand inspect takes a cookie as it was copied", async (t) => {
  const setCookie = await sampleCookie();
  const [pair = ""] = setCookie.split(";");
  const value = pair.slice(pair.indexOf("=") + 1);
  const variable = () => SAMPLE_SECRET;
  type Row = [args: string[], input: string, name: string, code: number];
  const rows: Record<string, Row> = {
    "a value": [[value], "", "session", 0],
    "a pair": [[pair], "", "session", 0],
    "a pair with its prefix": [[`__Host-session=${value}`], "", "__Host-session", 0],
    "a whole Set-Cookie": [[`Set-Cookie: ${setCookie}`], "", "session", 0],
    "one of a whole Cookie": [
      [`Cookie: a=b; __Host-session=${value}; c`, "--cookie-name", "session"],
      "",
      "__Host-session",
      0,
    ],
    "standard input": [["-"], `${pair}\n`, "session", 0],
    "a value under another name": [[value, "--cookie-name=cart"], "", "cart", 1],
    "a pair under another name": [[`cart=${value}`], "", "cart", 1],
    "nothing on standard input": [["-"], "", "session", 1],
  };
  for (const [title, [args, input, name, code]] of Object.entries(rows)) {
    await t.step(title, async () => {
      const readInput = () => Promise.resolve(input);
      const outcome = await runCommand(
        ["inspect", ...args, "--json"],
        environment({ variable, readInput }),
      );
      assertEquals([outcome.code, outcome.stderr], [code, ""]);
      assertEquals(JSON.parse(outcome.stdout).name, name);
    });
  }
});

Deno.test("runCommand inspect reads several secrets, a line each", async (t) => {
  const [pair = ""] = (await sampleCookie()).split(";");
  const other = "9c1d77e0b35a4f28-another-secret-of-tests-alone";
  const rows: Record<string, [variable: string | undefined, code: number, text: RegExp]> = {
    "none": [undefined, 0, /\nNot verified: /],
    "an empty one": ["", 0, /\nNot verified: /],
    "the one": [SAMPLE_SECRET, 0, /\nValid\n$/],
    "the one, and the end of a line": [`${SAMPLE_SECRET}\n`, 0, /\nValid\n$/],
    "the older one": [`${other}\r\n${SAMPLE_SECRET}`, 0, /\nValid: an older secret signed it/],
    "another": [other, 1, /\nRefused: unknown-key: /],
  };
  for (const [name, [secrets, code, text]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const asked: string[] = [];
      const variable = (name: string) => {
        asked.push(name);
        return secrets;
      };
      const outcome = await runCommand(["inspect", pair], environment({ variable }));
      assertEquals([outcome.code, asked], [code, ["SESSION_SECRET"]]);
      assertMatch(outcome.stdout, text);
    });
  }
});

Deno.test("runCommand inspect ends with 2 for secrets that are none, and shows none of them", async (t) => {
  const [pair = ""] = (await sampleCookie()).split(";");
  const rows: Record<string, [secrets: string, stderr: RegExp]> = {
    "half a character": [
      `${SAMPLE_SECRET}\ud800`,
      /^Cannot use the secret: it contains lone surrogates/,
    ],
    "the same twice": [
      `${SAMPLE_SECRET}\n${SAMPLE_SECRET}`,
      /secret 2 of 2: it stands in the list twice/,
    ],
  };
  for (const [name, [secrets, expected]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const variable = () => secrets;
      const { code, stderr } = await runCommand(["inspect", pair], environment({ variable }));
      assertEquals(code, 2);
      assertMatch(stderr, expected);
      assert(!stderr.includes(SAMPLE_SECRET));
    });
  }
});

const missing = missingPermission(
  { name: "read" },
  { name: "write" },
  { name: "env" },
  { name: "run", command: Deno.execPath() },
);

/** Runs the program, as the task `cli` does. */
async function program(
  args: readonly string[],
  options: { cwd?: string | URL; secret?: string; input?: string } = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const { cwd = root, secret, input = "" } = options;
  const { SESSION_SECRET: _secret, ...inherited } = Deno.env.toObject();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "-A",
      "--config",
      new URL("deno.json", root).pathname,
      new URL("lib/cli/mod.ts", root).pathname,
      ...args,
    ],
    cwd,
    clearEnv: true,
    env: { ...inherited, NO_COLOR: "1", ...secret === undefined ? {} : { SESSION_SECRET: secret } },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close().catch(() => {});
  const { code, stdout, stderr } = await child.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

testUnless(missing, "the program lists the routes of the sign-in example", async (t) => {
  await t.step("as a table, and what the example says is not part of it", async () => {
    const { code, stdout, stderr } = await program(["routes", SIGN_IN]);
    assertEquals(code, 0);
    assertEquals(
      stderr,
      "SESSION_SECRET is not set: sessions are signed with a random secret for this run\n",
    );
    const lines = stdout.split("\n");
    assertEquals(lines.slice(0, 5).map((line) => line.split(/ {2,}/).slice(0, 4)), [
      ["route", "pattern", "methods", "view"],
      ["login", "/", "GET HEAD", "login"],
      ["logout", "/logout", "GET HEAD", "logout"],
      ["addsession", "/add", "GET HEAD POST", "add"],
      ["readsession", "/read", "GET HEAD", "read"],
    ]);
    assertMatch(lines[1] ?? "", / {2}no +examples\/sign_in\/views\.ts:\d+$/);
  });
  await t.step("as JSON, and places are told from another folder", async () => {
    const cwd = new URL("examples/", root);
    const { stdout } = await program(["routes", "sign_in/serve.ts", "--json"], { cwd });
    const { routes, tweens } = JSON.parse(stdout);
    assertEquals(routes.map(({ name }: { name: string }) => name), [
      "login",
      "logout",
      "addsession",
      "readsession",
      "signin",
      "signout",
      "style",
    ]);
    assertEquals(tweens, ["ingress", "exceptionViews", "main"]);
  });
});

testUnless(missing, "the program says who answers in the sign-in example", async (t) => {
  const rows: Record<string, [args: string[], code: number, text: RegExp]> = {
    "a page": [["GET", "/read"], 0, /\n\nAnswered by read of route readsession\n$/],
    "a wrong method": [
      ["DELETE", "/read"],
      1,
      /\n\n405 Method Not Allowed, Allow: GET, HEAD\n$/,
    ],
    "a wrong path": [["/READ"], 1, /\n\n404 Not Found\n$/],
  };
  for (const [name, [args, code, text]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const outcome = await program(["match", SIGN_IN, ...args], { secret: SAMPLE_SECRET });
      assertEquals([outcome.code, outcome.stderr], [code, ""]);
      assertMatch(outcome.stdout, text);
    });
  }
  await t.step("a path that cannot be read", async () => {
    const { code, stdout, stderr } = await program(["match", SIGN_IN, "/%zz"], {
      secret: SAMPLE_SECRET,
    });
    assertEquals([code, stdout], [1, ""]);
    assertMatch(stderr, /^Answered before any route is asked: 400 Bad Request: /);
  });
});

testUnless(
  missing,
  "the program inspects a cookie from standard input, and ends with 1 if it is refused",
  async () => {
    const input = await sampleCookie();
    const valid = await program(["inspect", "-"], { input, secret: SAMPLE_SECRET });
    assertEquals([valid.code, valid.stderr], [0, ""]);
    assertMatch(valid.stdout, /\nValid\n$/);
    const refused = await program(["inspect", "-", "--cookie-name", "cart"], {
      input: input.slice(input.indexOf("=") + 1),
      secret: SAMPLE_SECRET,
    });
    assertEquals(refused.code, 1);
    assertMatch(refused.stdout, /\nRefused: bad-mac: /);
  },
);

Deno.test("runCommand() calls its own bug a bug, with the stack, and ends with 70", async (t) => {
  const planted: Record<string, Error> = {
    "a TypeError": new TypeError("planted"),
    "a RangeError": new RangeError("planted"),
    "a TypeError of the engine": new TypeError("Cannot use 'in' operator to search for 'x' in y"),
    "an Error": new Error("planted\x1b[2J"),
  };
  for (const [name, error] of Object.entries(planted)) {
    await t.step(name, async () => {
      const fail = () => {
        throw error;
      };
      const outcome = await runCommand(
        ["inspect", "session=x"],
        environment({ variable: fail }),
      );
      assertEquals([outcome.code, outcome.stdout], [70, ""]);
      assertMatch(
        outcome.stderr,
        /^This is a bug in Pyramidion\. Your arguments and your app are not at fault\. Please report it with the lines below, and remove every secret from them:\n(?:Type|Range)?Error: (?:planted|Cannot).*\n +at .*command_line_test\.ts:\d+/,
      );
      assertEquals(outcome.stderr.includes("\x1b"), false);
    });
  }
});

Deno.test("runCommand() blames the arguments, whatever class of error refused them", async (t) => {
  const rows: Record<string, [args: string[], secret: string, stderr: RegExp]> = {
    "a salt with a lone surrogate": [
      ["inspect", PYRAMID_COOKIE, "--salt", "\ud800"],
      SAMPLE_SECRET,
      /^Cannot use the salt: .*\nUse --help /,
    ],
    "one secret twice": [
      ["inspect", PYRAMID_COOKIE],
      `${SAMPLE_SECRET}\n${SAMPLE_SECRET}`,
      /^Cannot use secret 2 of 2: it stands in the list twice: .*\nUse --help /,
    ],
    "a timeout": [
      ["inspect", PYRAMID_COOKIE, "--timeout", "soon"],
      SAMPLE_SECRET,
      /^Cannot .*\nUse --help /,
    ],
  };
  for (const [name, [args, secret, stderr]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const outcome = await runCommand(args, environment({ variable: () => secret }));
      assertEquals([outcome.code, outcome.stdout], [2, ""]);
      assertMatch(outcome.stderr, stderr);
    });
  }
});

testUnless(missing, "the program says what is wrong with a module that gives no app", async (t) => {
  const folder = await Deno.makeTempDir();
  try {
    const library = new URL("mod.ts", root).href;
    const rows: Record<string, [source: string, stderr: RegExp]> = {
      "no default export": [
        "export const a = 1, b = 2;",
        /^Cannot find an app in "app\.ts": it has no default export, only a, b: write "export default config\.makeApp\(\)"\n$/,
      ],
      "no export": ["export {};", /: it has no default export: write /],
      "a function": [
        "export default () => {};",
        /: its default export is a function: export the app/,
      ],
      "a Configurator": [
        `import { Configurator } from "${library}"; export default new Configurator();`,
        /: its default export is a Configurator, which has not made its app/,
      ],
      "something else": ["export default { fetch() {} };", /: its default export has no report/],
      "a configuration that contradicts itself": [
        `import { Configurator } from "${library}";
export default new Configurator().addRoute("a", "/").addRoute("a", "/b").makeApp();`,
        /^Cannot import "app\.ts": ConfigurationConflictError: .+ first at \S+\/app\.ts:2, again at \S+\/app\.ts:2\n$/,
      ],
      "an error of its own": [
        'function fail() { throw new Error("no\\x1b[2J database"); }\nfail();',
        /^Cannot import "app\.ts": Error: no\\x1b\[2J database\n +at fail \(file:\S+\/app\.ts:1:\d+\)\n(?!.*\/lib\/cli\/)/,
      ],
      "a syntax error": ["export default (;", /^Cannot import "app\.ts": /],
    };
    for (const [name, [source, expected]] of Object.entries(rows)) {
      await t.step(name, async () => {
        await Deno.writeTextFile(`${folder}/app.ts`, source);
        const { code, stdout, stderr } = await program(["routes", "app.ts"], { cwd: folder });
        assertEquals([code, stdout], [1, ""]);
        assertMatch(stderr, expected);
      });
    }
    await t.step("no module", async () => {
      const { code, stderr } = await program(["routes", "nosuch.ts"], { cwd: folder });
      assertEquals(code, 1);
      assertMatch(stderr, /^Cannot import "nosuch\.ts": .*nosuch\.ts/);
    });
    await t.step("an app that is mounted is found", async () => {
      await Deno.writeTextFile(
        `${folder}/app.ts`,
        `import { Configurator, mount } from "${library}";
const app = new Configurator().addRoute("a", "/a").makeApp();
export default mount("/b", mount("/c", app));`,
      );
      const { code, stdout } = await program(["routes", "app.ts"], { cwd: folder });
      assertEquals(code, 0);
      assert(stdout.includes("(no view: 404)"));
    });
    await t.step("a module that serves is not waited for", async () => {
      await Deno.writeTextFile(
        `${folder}/app.ts`,
        `import { Configurator } from "${library}";
const app = new Configurator().addRoute("a", "/a").makeApp();
Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, app.fetch);
export default app;`,
      );
      const { code, stdout } = await program(["routes", "app.ts"], { cwd: folder });
      assertEquals(code, 0);
      assert(stdout.includes("(no view: 404)"));
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
