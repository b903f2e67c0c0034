/**
 * The list of the commands.
 *
 * @module
 */

import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
import type { Command } from "../../../lib/cli/command.ts";
import * as commands from "../../../lib/cli/commands/mod.ts";
import { missingPermission, testUnless } from "../../requirements.ts";

const folder = new URL("../../../lib/cli/commands/", import.meta.url);

Deno.test("a command is listed under its own name, and its summary is one line without a full stop", () => {
  for (const [name, { name: own, summary }] of Object.entries<Command>(commands)) {
    assertEquals(own, name);
    assert(/^[A-Z][^\n]*[^.\n]$/.test(summary), summary);
  }
});

testUnless(
  missingPermission({ name: "read" }),
  "every file that declares a command is in the list",
  async () => {
    const declared: string[] = [];
    for await (const { isFile, name } of Deno.readDir(folder)) {
      if (!isFile) continue;
      const source = await Deno.readTextFile(new URL(name, folder));
      if (/^export const \w+: Command = /m.test(source)) declared.push(name.replace(/\.ts$/, ""));
    }
    assertEquals(declared.sort(), Object.keys(commands).sort());
  },
);
