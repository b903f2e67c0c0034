/**
 * `assetUrl()` of static views: URLs that change with the content of their files.
 *
 * @module
 */

import { assertEquals, assertMatch, assertThrows } from "jsr:@std/assert@^1.0.0";
import { type App, Configurator, mount } from "@pyramidion/pyramidion";
import {
  type StaticInclude,
  staticView,
  type StaticViewOptions,
} from "@pyramidion/pyramidion/static";
import type { FetchHandler } from "@pyramidion/pyramidion/types";
import { dummyRequest } from "@pyramidion/pyramidion/testing";
import { RecordingLogger } from "../app/wire_app.ts";
import { leakFree } from "./leak_free.ts";
import { summary } from "./static_app.ts";
import { missingForFiles, missingForLinks, TempFolder } from "./temp_folder.ts";

const A = "af63dc4c8601ec8c";
const B = "af63df4c8601f1a5";
const FOREVER = "public, max-age=31536000, immutable";

interface Site {
  readonly assets: StaticInclude;
  readonly app: App;
  readonly logger: RecordingLogger;
}

/** An app whose page `/?asset` is the URL of an asset. */
function siteOf(folder: TempFolder, options: StaticViewOptions = {}, development = false): Site {
  const logger = new RecordingLogger();
  const assets = staticView("/static", folder.path, options);
  const app = new Configurator({ development, logger }).include(assets)
    .addRoute("page", "/", { view: ({ query }) => new Response(query.get("asset")) })
    .addRoute("url", "/url", {
      view: (request) => new Response(assets.assetUrl(request, request.query.get("asset") ?? "")),
    }).makeApp();
  return { assets, app, logger };
}

async function urlOf({ app }: { app: FetchHandler }, asset: string, base = ""): Promise<string> {
  const url = `https://app.test${base}/url?asset=${encodeURIComponent(asset)}`;
  return await (await app.fetch(new Request(url))).text();
}

async function get(
  { app }: { app: FetchHandler },
  path: string,
  init?: RequestInit,
): Promise<readonly unknown[]> {
  const response = await app.fetch(new Request(`https://app.test${path}`, init));
  return await summary(response, "cache-control");
}

leakFree(
  missingForFiles,
  "assetUrl() changes with the content, and browsers keep what it gives",
  async () => {
    await using folder = await TempFolder.with({ "css/my site.css": "a" });
    await folder.changed("css/my site.css", "2026-01-01");
    const site = siteOf(folder);
    const url = await urlOf(site, "css/my site.css");
    assertEquals(url, `/static/css/my%20site.css?v=${A}`);
    assertEquals(await get(site, url), [200, FOREVER, "a"]);
    assertEquals(await get(site, url, { method: "HEAD" }), [200, FOREVER, ""]);
    const range = { headers: { range: "bytes=0-0" } };
    assertEquals(await get(site, url, range), [206, FOREVER, "a"]);
    const since = { headers: { "if-modified-since": new Date().toUTCString() } };
    assertEquals(await get(site, url, since), [304, FOREVER, ""]);

    await folder.write("css/my site.css", "b");
    await folder.changed("css/my site.css", "2026-01-02");
    // The page does not look at the file again, until a visitor gets it.
    assertEquals(await urlOf(site, "css/my site.css"), url);
    assertEquals(await get(site, url), [200, "no-cache", "b"]);
    assertEquals(await urlOf(site, "css/my site.css"), url.replace(A, B));
    assertEquals(await get(site, url.replace(A, B)), [200, FOREVER, "b"]);
  },
);

leakFree(
  missingForFiles,
  "a URL with another hash gets the file with the usual caching",
  async (t) => {
    await using folder = await TempFolder.with({
      "a.css": "a",
      "b.css": "b",
      "b.css.gz": "zipped",
    });
    const rows: Record<string, [path: string, cacheControl: string]> = {
      "the hash": [`a.css?v=${A}`, FOREVER],
      "the hash beside another parameter": [`a.css?x=1&v=${A}`, FOREVER],
      "no hash": ["a.css", "public, max-age=60"],
      "the hash of another file": [`a.css?v=${B}`, "public, max-age=60"],
      "another name": [`a.css?version=${A}`, "public, max-age=60"],
      "another first value": [`a.css?v=1&v=${A}`, "public, max-age=60"],
      "no hash at all": ["a.css?v=", "public, max-age=60"],
      "64 KB": [`a.css?v=${"a".repeat(65_536)}`, "public, max-age=60"],
    };
    // A process that has made no page yet answers the same.
    const site = siteOf(folder, { cacheMaxAge: 60 });
    for (const [name, [path, cacheControl]] of Object.entries(rows)) {
      await t.step(name, async () => {
        assertEquals((await get(site, `/static/${path}`)).slice(0, 2), [200, cacheControl]);
      });
    }
    await t.step("a compressed file has the hash of its original", async () => {
      const init = { headers: { "accept-encoding": "gzip" } };
      assertEquals(await get(site, `/static/b.css?v=${B}`, init), [200, FOREVER, "zipped"]);
    });
    await t.step("with a permission shared caches keep nothing", async () => {
      const assets = staticView("/static", folder.path, { permission: "read" });
      const app = new Configurator().include(assets)
        .setSecurityPolicy({ identity: () => null, permits: () => true }).makeApp();
      assertEquals(
        (await get({ app }, `/static/a.css?v=${A}`))[1],
        FOREVER.replace("public", "private"),
      );
    });
  },
);

leakFree(missingForFiles, "a file that changes while it is sent is not kept for ever", async () => {
  await using folder = await TempFolder.with({ "a.css": "a" });
  await folder.changed("a.css", "2026-01-01");
  const site = siteOf(folder);
  const url = await urlOf(site, "a.css");
  const { open } = Deno;
  Object.assign(Deno, {
    open: async (path: string) => {
      await folder.write("a.css", "bb");
      return await open(path);
    },
  });
  try {
    assertEquals(await get(site, url), [200, "no-cache", "bb"]);
  } finally {
    Object.assign(Deno, { open });
  }
});

leakFree(
  missingForFiles,
  "assetUrl() has no hash in development mode, and sees a new file at once",
  async () => {
    await using folder = await TempFolder.with({ "a.css": "a" });
    const site = siteOf(folder, {}, true);
    assertEquals(await urlOf(site, "a.css"), "/static/a.css");
    await folder.write("b.css", "b");
    assertEquals(await urlOf(site, "b.css"), "/static/b.css");
  },
);

leakFree(
  missingForFiles,
  "assetUrl() is behind the prefix of its part and of its app",
  async () => {
    await using folder = await TempFolder.with({ "a.css": "a" });
    const assets = staticView("/static", folder.path, { name: "assets" });
    const app = new Configurator().include((part) => {
      part.include(assets).addRoute("url", "/url", {
        view: (request) => new Response(assets.assetUrl(request, "a.css")),
      });
    }, { routePrefix: "/part" }).makeApp();
    const mounted = mount("/shop", app);
    const url = await urlOf({ app: mounted }, "", "/shop/part");
    assertEquals(url, `/shop/part/static/a.css?v=${A}`);
    assertEquals(await get({ app: mounted }, url), [200, FOREVER, "a"]);
  },
);

leakFree(
  missingForLinks,
  "assetUrl() refuses a name without a file, and hints at the right one",
  async (t) => {
    await using folder = await TempFolder.with({ "css/site.css": "a", ".env": "e", "sub/a": "a" });
    await Deno.symlink("/etc/hostname", folder.at("out.txt"));
    const rows: Record<string, [name: string, message: string]> = {
      "a misspelt file": ["css/sit.css", 'has no such file: did you mean "css/site.css"?'],
      "a slash": ["/css/site.css", 'write the path within the folder, without "/" at its start'],
      "a folder": ["sub", 'Cannot make the URL of asset "sub"'],
      "a dotfile": [".env", 'Cannot make the URL of asset ".env"'],
      "the folder above": ["../a", 'Cannot make the URL of asset "../a"'],
      "a link that leads out": ["out.txt", 'Cannot make the URL of asset "out.txt"'],
      "an empty name": ["", "must be a string that is not empty"],
    };
    for (const [name, [asset, message]] of Object.entries(rows)) {
      for (const development of [false, true]) {
        await t.step(`${name}${development ? ", in development mode" : ""}`, async () => {
          const site = siteOf(folder, {}, development);
          await urlOf(site, asset);
          const line = site.logger.lines.join();
          if (!line.includes(message)) assertEquals(line, message);
        });
      }
    }
    await t.step("a name that is none", () => {
      const { assets } = siteOf(folder);
      const error = assertThrows(() => assets.assetUrl(dummyRequest(), 7 as never), TypeError);
      assertMatch(error.message, /the name of an asset: must be a string/);
    });
    await t.step("a static view that is not included", () => {
      const assets = staticView("/static", folder.path);
      assertThrows(
        () => assets.assetUrl(dummyRequest(), "a.css"),
        TypeError,
        'staticView("/static") is not included',
      );
    });
  },
);
