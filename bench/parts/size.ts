/**
 * Bytes of what is shipped to run: bundled and minified by `deno bundle`, and gzipped; whole, and
 * what is loaded at start where the bundle is split at `import()`.
 *
 * @module
 */

import { type Effort, type Result, whole } from "../result.ts";
import { progress } from "../say.ts";

const ROOT = new URL("../../", import.meta.url);
const BENCH = new URL("../", import.meta.url);

/** Something to bundle. */
interface Entry {
  readonly name: string;
  /** The text of the entry module. */
  readonly source: string;
}

/** Bytes of one entry. */
interface Size {
  readonly minified: number;
  readonly gzipped: number;
  readonly startMinified: number;
  readonly startGzipped: number;
}

const CORE = "Pyramidion: routes, views, signed cookies";

const PEERS: readonly Entry[] = [
  { name: "Hono", source: `export { Hono } from "hono";` },
  {
    name: "Hono, signed cookie",
    source:
      `export { Hono } from "hono"; export { getSignedCookie, setSignedCookie } from "hono/cookie";`,
  },
  {
    name: "Hono, @hono/session",
    source: `export { Hono } from "hono"; export { useSession } from "@hono/session";`,
  },
  {
    name: "Hono, hono-sessions with its cookie store",
    source:
      `export { Hono } from "hono"; export { CookieStore, sessionMiddleware } from "hono-sessions";`,
  },
  {
    name: "Remix 3: fetch-router, cookie session",
    source: [
      `export { createRouter } from "@remix-run/fetch-router";`,
      `export { createCookie } from "@remix-run/cookie";`,
      `export { createCookieSessionStorage } from "@remix-run/session/cookie-storage";`,
      `export { session } from "@remix-run/session-middleware";`,
    ].join("\n"),
  },
  { name: "h3, `useSession`", source: `export { H3, useSession } from "h3";` },
  { name: "iron-session", source: `export { getIronSession } from "iron-session";` },
  { name: "itty-router", source: `export { Router } from "itty-router";` },
  { name: "rou3", source: `export { addRoute, createRouter, findRoute } from "rou3";` },
  { name: "memoirist", source: `export { Memoirist } from "memoirist";` },
  { name: "find-my-way", source: `export { default } from "find-my-way";` },
  { name: "Elysia", source: `export { Elysia } from "elysia";` },
  {
    name: "Express, cookie-session",
    source:
      `export { default as express } from "express"; export { default as session } from "cookie-session";`,
  },
  { name: "Fastify", source: `export { default } from "fastify";` },
];

/** Measures sizes. */
export async function measureSize(_effort: Effort): Promise<Result> {
  // Inside bench/, where its deno.json says what the names mean.
  const folder = await Deno.makeTempDir({ dir: BENCH.pathname, prefix: ".size-" });
  try {
    const sizes: ({ name: string } & Size)[] = [];
    for (const entry of [...await ourEntries(), ...PEERS]) {
      progress(`size: ${entry.name}`);
      sizes.push({ name: entry.name, ...await sizeOf(entry, folder) });
    }
    const core = sizes.find(({ name }) => name === CORE);
    return {
      tables: [{
        id: "size",
        columns: ["bundled and minified", "bytes", "gzipped", "bytes at start", "gzipped at start"],
        rows: sizes.map(({ name, minified, gzipped, startMinified, startGzipped }) => [
          name,
          whole(minified),
          whole(gzipped),
          whole(startMinified),
          whole(startGzipped),
        ]),
      }],
      targets: [
        {
          what: "bundle of the core, minified",
          measured: (core?.minified ?? NaN) / 1000,
          unit: "kB",
          must: "at most",
          limit: 24,
        },
        {
          what: "bundle of the core, gzipped",
          measured: (core?.gzipped ?? NaN) / 1000,
          unit: "kB",
          must: "at most",
          limit: 9,
        },
      ],
      samples: sizes,
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function ourEntries(): Promise<Entry[]> {
  const { exports }: { exports: Record<string, string> } = JSON.parse(
    await Deno.readTextFile(new URL("deno.json", ROOT)),
  );
  const core = "Configurator, route, signedCookieSessionFactory";
  return [
    { name: CORE, source: `export { ${core} } from "${new URL("mod.ts", ROOT).href}";` },
    ...Object.entries(exports).map(([name, path]) => ({
      name: name === "." ? "Pyramidion: all of it" : `Pyramidion: ${name.slice(2)}`,
      source: `export * from "${new URL(path, ROOT).href}";`,
    })),
  ];
}

const UNKNOWN: Size = {
  minified: NaN,
  gzipped: NaN,
  startMinified: NaN,
  startGzipped: NaN,
};

async function sizeOf({ name, source }: Entry, folder: string): Promise<Size> {
  const entry = `${folder}/entry.ts`;
  await Deno.writeTextFile(entry, source);
  const split = await Deno.makeTempDir({ dir: folder });
  for (const how of [["-o", `${folder}/bundle.js`], ["--code-splitting", "--outdir", split]]) {
    const args = ["bundle", "--minify", ...how, entry];
    const { success, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: BENCH })
      .output();
    if (success) continue;
    progress(`size: ${name} cannot be bundled: ${new TextDecoder().decode(stderr).trim()}`);
    return UNKNOWN;
  }
  const bytes = await Deno.readFile(`${folder}/bundle.js`);
  const atStart = await Promise.all(
    (await loadedFirst(`${split}/entry.js`)).map((path) => Deno.readFile(path)),
  );
  // Each file is sent, and gzipped, for itself.
  const zipped = await Promise.all(atStart.map(gzippedLength));
  return {
    minified: bytes.length,
    gzipped: await gzippedLength(bytes),
    startMinified: sum(atStart.map(({ length }) => length)),
    startGzipped: sum(zipped),
  };
}

/** A file of a split bundle and those that it imports, directly or not, but not by `import()`. */
async function loadedFirst(entry: string): Promise<string[]> {
  const loaded = new Set([entry]);
  // A set gives what is added to it on the way.
  for (const path of loaded) {
    const text = await Deno.readTextFile(path);
    for (const [, chunk] of text.matchAll(/(?:from|import) ?"\.\/([\w.-]+\.js)"/g)) {
      loaded.add(`${path.slice(0, path.lastIndexOf("/"))}/${chunk}`);
    }
  }
  return [...loaded];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

async function gzippedLength(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
  const zipped = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(zipped).arrayBuffer()).byteLength;
}
