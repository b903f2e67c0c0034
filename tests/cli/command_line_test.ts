/**
 * `runCommand`: arguments in, text and exit code out; and the program itself.
 *
 * @module
 */

import { assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import { runCommand } from "@pyramidion/pyramidion/cli";
import { testUnless } from "../requirements.ts";
import { SAMPLE_SECRET } from "../sample_app.ts";
import { environment, program, programMissing, root } from "./program.ts";

const SIGN_IN = "examples/sign_in/serve.ts";

/** A cookie as Pyramid writes it. */
const PYRAMID_COOKIE =
  "session=GxmrBFb1KLyh9lPkV0PPP_A1k4RWjafa-os6MnPO6NWN8ghN7168QlohZoKC_fPyU5h0k9ljQh5KlzB86r_031sx" +
  "NzAwMDAwMDAwLCAxNzAwMDAwMDAwLjUsIHsidXNlciI6ICJBZG1pbiJ9XQ";

Deno.test("runCommand shows the usage if it is asked for help", async (t) => {
  for (const args of [[], ["--help"], ["-h"], ["help"]]) {
    await t.step(args.join(" ") || "no argument", async () => {
      const { code, stdout, stderr } = await runCommand(args, environment());
      assertEquals([code, stderr], [0, ""]);
      for (const name of ["doctor", "inspect", "match", "routes", "secret", "sessions"]) {
        assertMatch(stdout, new RegExp(`\n  ${name} +[A-Z]`));
      }
    });
  }
  for (const name of ["doctor", "inspect", "match", "routes", "secret", "sessions"]) {
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
    "an argument too many": [["secret", "please"], /: it takes no arguments\n/],
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
    "  <path>                  begins with a slash, or is a URL. The default method is GET",
    '  --header "name: value"  sends a header; can be repeated',
    "  --json                  writes JSON",
    "  The exit code is 1 if no view answers.",
    "",
  ]);
});

testUnless(programMissing, "the program lists the routes of the sign-in example", async (t) => {
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

testUnless(programMissing, "the program says who answers in the sign-in example", async (t) => {
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
    assertMatch(
      stderr,
      /^Cannot match the request: the app answers before it matches a route: 400 Bad Request: /,
    );
  });
});

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
