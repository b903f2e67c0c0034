/**
 * Facts that are said in one file.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { FACTS, factsSaidTwice } from "../../../tools/house/facts.ts";
import { treeOf } from "../../../tools/house/house_tree.ts";
import { readModule } from "../../../tools/house/module_source.ts";

Deno.test("factsSaidTwice() tells facts of two files and of none, and not those of one", () => {
  const fact = { name: "x", isSaidBy: readModuleSays("x") };
  const said = (...texts: string[]) =>
    factsSaidTwice(treeOf(new Map(texts.map((text, at) => [`lib/f${at}.ts`, text]))), [fact]);
  assertEquals(said('f("x");', "f();"), []);
  assertEquals(said('f("x");', "f();", 'f("x");'), ["x: lib/f0.ts, lib/f2.ts"]);
  assertEquals(said("f();"), ["x: said nowhere"]);
});

function readModuleSays(text: string) {
  return ({ literals }: ReturnType<typeof readModule>) => literals.some((one) => one.text === text);
}

Deno.test("FACTS are recognised in code, and not in messages, comments and what is only alike", async (t) => {
  const rows: Record<string, [text: string, said: string[]]> = {
    "the token": ["const T = /^[!#$%&'*+\\-.^_`|~0-9A-Za-z]+$/;", ["the header token"]],
    "the token by \\w": ["const T = /([\\w!#$%&'*+.^`|~-]+)=/y;", ["the header token"]],
    "the token in a message": ["f(`letters, digits and !#$%&'*+-.^_\\`|~ only`);", []],
    "the characters of a path": ["const P = /^[\\w!$&'()*+,;=:@~-]+$/;", []],
    "400 days in seconds": ["f(34_560_000);", ["34_560_000 seconds, the longest life of a cookie"]],
    "400 days in milliseconds": [
      "f(400 * 86_400_000);",
      ["34_560_000 seconds, the longest life of a cookie"],
    ],
    "400 days in a text": ['f("34560000");', []],
    "another number": ["f(345_600);", []],
    "the size of a cookie": ["const MOST = 4 * 1024;", ["4_096 bytes, the size of a cookie"]],
    "what is as large by chance": [
      "const LONGEST_TAG = 4096, DEFAULT_VERIFIED_COOKIES = 4096;",
      [],
    ],
    "a prefix": ['f("__Host-");', ["the prefixes of cookies"]],
    "a prefix in a template": ["f(`__Host-${name}`);", ["the prefixes of cookies"]],
    "a prefix in lower case": ['f(name.startsWith("__host-"));', ["the prefixes of cookies"]],
    "prefixes in an expression": ["f(/^__(?:Host|Secure)-/);", ["the prefixes of cookies"]],
    "a prefix in a message": ['f("a name that begins with __Host- needs Secure");', []],
    "a prefix in a comment": ["/** `__Host-` */ f(); // __Secure-", []],
    "a prefix in a type": ["let name: `__Host-${string}`;", []],
    "hosts in an expression": ["f(/^(?:localhost|127(?:\\.\\d+){3})$/);", ["what loopback is"]],
    "a host that is compared": ['f(host === "localhost");', ["what loopback is"]],
    "a host in a list": ['f(["::1"].includes(host));', ["what loopback is"]],
    "the beginning of an address": ['f(host.startsWith("127."));', ["what loopback is"]],
    "a host that stands for another": ['const host = name ?? "localhost";', []],
    "an address of its own": ['f({ hostname: "127.0.0.1" });', []],
    "a function": ["export function checkOptions() {}", ["checkOptions"]],
    "the function imported": ['import { checkOptions } from "./a.ts"; checkOptions();', []],
  };
  for (const [name, [text, said]] of Object.entries(rows)) {
    await t.step(name, () => {
      const module = readModule(text);
      assertEquals(FACTS.filter(({ isSaidBy }) => isSaidBy(module)).map(({ name }) => name), said);
    });
  }
});
