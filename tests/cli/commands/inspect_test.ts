/**
 * `inspect`: a cookie as it was copied, and the secrets of the environment.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import { runCommand } from "@pyramidion/pyramidion/cli";
import { testUnless } from "../../requirements.ts";
import { SAMPLE_SECRET, sampleApp } from "../../sample_app.ts";
import { environment, program, programMissing } from "../program.ts";

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
    "another": [other, 1, /\nRejected: unknown-key: /],
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

testUnless(
  programMissing,
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
    assertMatch(refused.stdout, /\nRejected: bad-mac: /);
  },
);
