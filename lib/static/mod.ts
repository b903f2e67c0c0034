/**
 * Serves the files of a folder as a part of an app.
 *
 * ```ts
 * import { Configurator } from "@pyramidion/pyramidion";
 * import { staticView } from "@pyramidion/pyramidion/static";
 * import { TestClient } from "@pyramidion/pyramidion/testing";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const folder = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${folder}/index.html`, "<h1>Welcome</h1>");
 * const config = new Configurator();
 * config.include(staticView("/docs", folder, { cacheMaxAge: 3600 }));
 *
 * const visitor = new TestClient(config.makeApp());
 * const page = await visitor.get("/docs/");
 * assertEquals(page.headers.get("cache-control"), "public, max-age=3600");
 * assertEquals(await page.text(), "<h1>Welcome</h1>");
 * assertEquals((await visitor.get("/docs/..%2Fdeno.json")).status, 404);
 * await Deno.remove(folder, { recursive: true });
 * ```
 *
 * @module
 */

export { type CachePolicyOptions } from "./cache_policy.ts";
export { fileResponse, type FileResponseOptions } from "./file_response.ts";
export { type StaticInclude, staticView, type StaticViewOptions } from "./static_view.ts";
