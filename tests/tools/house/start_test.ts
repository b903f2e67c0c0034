/**
 * What is loaded at the start.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { loadedModules } from "../../../tools/house/start.ts";

Deno.test("loadedModules() follows imports, and neither types nor import()", () => {
  const at = (path: string) => `file:///house/${path}`;
  const code = (...paths: string[]) =>
    paths.map((path) => ({ code: { specifier: path.includes(":") ? path : at(path) } }));
  assertEquals(
    loadedModules({
      roots: [at("mod.ts")],
      redirects: { "jsr:@std/html": at("tools/std/html/mod.ts") },
      modules: [
        { specifier: at("mod.ts"), dependencies: code("lib/a.ts", "jsr:@std/html") },
        {
          specifier: at("lib/a.ts"),
          dependencies: [
            ...code("mod.ts", "lib/b.ts"),
            { isDynamic: true, code: { specifier: at("lib/late.ts") } },
            { type: { specifier: at("lib/types.ts") } },
          ],
        },
        { specifier: at("lib/b.ts") },
        { specifier: at("lib/late.ts"), dependencies: code("lib/later.ts") },
        { specifier: at("lib/later.ts") },
        { specifier: at("lib/types.ts") },
        { specifier: at("tools/std/html/mod.ts"), dependencies: code("tools/std/html/escape.ts") },
        { specifier: at("tools/std/html/escape.ts") },
      ],
    }),
    { ours: 3, all: 5 },
  );
});
