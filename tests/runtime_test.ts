/**
 * Where the library runs: what it needs there, and that it can be bundled.
 *
 * @module
 */

import { assertEquals, assertMatch, assertThrows } from "jsr:@std/assert@^1.0.0";
import { checkRuntime, missingFeatures } from "../lib/runtime.ts";
import { missingPermission, testUnless } from "./requirements.ts";

/** A global object with all that is needed. */
function complete() {
  return {
    Iterator: { prototype: { find() {} } },
    Map: { groupBy() {} },
    URL: { parse() {} },
    URLPattern: class {},
    Uint8Array: { fromBase64() {}, prototype: { toBase64() {}, toHex() {} } },
  };
}

Deno.test("missingFeatures names each function that is not there", async (t) => {
  const rows: Record<string, [runtime: object, missing: string[]]> = {
    "this one": [globalThis, []],
    "a complete one": [complete(), []],
    "without a class": [{ ...complete(), URLPattern: undefined }, ["URLPattern"]],
    "without a static method": [{ ...complete(), Map: {} }, ["Map.groupBy"]],
    "a method that is none": [{ ...complete(), Map: { groupBy: 1 } }, ["Map.groupBy"]],
    "without a method": [
      { ...complete(), Uint8Array: { fromBase64() {}, prototype: { toBase64() {} } } },
      ["Uint8Array.prototype.toHex"],
    ],
    "without a global": [
      { ...complete(), Iterator: undefined },
      ["Iterator.prototype.find"],
    ],
  };
  for (const [name, [runtime, missing]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(missingFeatures(runtime), missing));
  }
});

Deno.test("checkRuntime says once what is missing and what has it", () => {
  checkRuntime(complete());
  assertThrows(
    () => checkRuntime({ ...complete(), URLPattern: undefined, URL: {} }),
    Error,
    "Cannot load Pyramidion: this runtime lacks URL.parse, URLPattern: it must be Deno 2.5, Node 25 or newer",
  );
});

const APP = `
const secret = crypto.getRandomValues(new Uint8Array(32)).toBase64();
const config = new Configurator({ sessionFactory: signedCookieSessionFactory(secret) });
config.addRoute("user", "/:zone/:id(\\\\d+)/:part").addView(async (request) => {
  (await request.session).set("seen", request.matchdict.id);
  return html\`\${Object.entries(request.matchdict).join(" ")}\`;
}, { routeName: "user" });
const response = await config.makeApp().fetch(new Request("https://app.test/users/7/edit"));
const said = [response.status, await response.text(), response.headers.has("set-cookie")];
`;

const SAID = [200, "zone,users id,7 part,edit", true];

/** Bundles the library with a small app behind it, by `deno bundle`. */
async function bundled(folder: string, end: string): Promise<string> {
  const main = new URL("../mod.ts", import.meta.url).href;
  const names = "Configurator, html, signedCookieSessionFactory";
  await Deno.writeTextFile(
    `${folder}/entry.js`,
    `import { ${names} } from ${JSON.stringify(main)};\n${APP}${end}\n`,
  );
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "-o", `${folder}/bundle.mjs`, `${folder}/entry.js`],
    cwd: new URL("../", import.meta.url),
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return `${folder}/bundle.mjs`;
}

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const PERMISSIONS = missingPermission({ name: "read" }, { name: "write" }, { name: "run" });

testUnless(
  PERMISSIONS,
  "the bundled library runs where modules have no URL, as on workerd",
  () =>
    inFolder(async (folder) => {
      const text = await Deno.readTextFile(await bundled(folder, "export { said };"));
      // The URL of a blob is no base for another, as undefined and "worker.js" are none.
      const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
      const { said } = await import(url);
      URL.revokeObjectURL(url);
      assertEquals(said, SAID);
    }),
);

/** The version of `node`, or why there is none. */
async function nodeVersion(): Promise<{ major: number } | { reason: string }> {
  if (PERMISSIONS !== null) return { reason: PERMISSIONS };
  try {
    const { stdout } = await new Deno.Command("node", { args: ["--version"] }).output();
    return { major: parseInt(new TextDecoder().decode(stdout).slice(1), 10) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { reason: "node is not installed" };
    throw error;
  }
}

const node = await nodeVersion();

testUnless(
  "reason" in node ? node.reason : null,
  "the bundled library runs on Node from 25 on, and says what is missing before",
  () =>
    inFolder(async (folder) => {
      const bundle = await bundled(folder, "console.log(JSON.stringify(said));");
      const { stdout, stderr } = await new Deno.Command("node", { args: [bundle] }).output();
      const [output, complaint] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
      if ("major" in node && node.major >= 25) {
        assertEquals([JSON.parse(output!), complaint], [SAID, ""]);
      } else {
        assertEquals(output, "");
        assertMatch(
          complaint!,
          /Error: Cannot load Pyramidion: this runtime lacks .*Uint8Array\.fromBase64/,
        );
      }
    }),
);
