/**
 * The lines of the guide that set up a store on a server, run against a real one.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { blocksOf, ROOT } from "../../docs/typed_app.ts";

/**
 * Types and runs the block of docs/stores.md that imports a client, and uses the store that it makes.
 *
 * @param client The client, with its version, as the tests have it: `npm:redis@1.2.3`.
 * @param from The address in the block.
 * @param to The address of a real server.
 */
export async function runGuideBlock(client: string, from: string, to: string): Promise<void> {
  const name = client.replace(/@[^@]*$/, "");
  const block = (await blocksOf("docs/stores.md")).find(({ text }) => text.includes(`"${name}@`));
  const text = block?.text ?? "";
  assertEquals(text.includes(from), true, `docs/stores.md has no block of ${name} with ${from}`);
  // The lock file has the client by its exact version.
  const typed = text.replace(from, to).replace(new RegExp(`"${name}@[^"]*"`), `"${client}"`);
  const use = `await store.bump("ada");
const now = Date.now();
const record = { head: "1", renewed: now, expires: now + 9999, account: "ada", values: new Map() };
await store.create("guide", record, now);
console.log(await store.epoch("ada") > 0, (await store.list("ada", now)).length);
Deno.exit(0);
`;
  // Named nothing, it lies in the folder of the repository, whose names it may import.
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--check", "--frozen", "-"],
    cwd: ROOT.pathname,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const written = new Blob([`${typed}\n${use}`]).stream().pipeTo(child.stdin);
  const [{ stdout, stderr }] = await Promise.all([child.output(), written]);
  const decoder = new TextDecoder();
  assertEquals(decoder.decode(stdout), "true 1\n", decoder.decode(stderr));
}
