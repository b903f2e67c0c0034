/**
 * Bytes of what is shipped to run: bundled and minified by `deno bundle`, and gzipped.
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
    const sizes: { name: string; minified: number; gzipped: number }[] = [];
    for (const entry of [...await ourEntries(), ...PEERS]) {
      progress(`size: ${entry.name}`);
      sizes.push({ name: entry.name, ...await sizeOf(entry, folder) });
    }
    const core = sizes.find(({ name }) => name === CORE);
    return {
      tables: [{
        id: "size",
        columns: ["bundled and minified", "bytes", "gzipped"],
        rows: sizes.map(({ name, minified, gzipped }) => [
          name,
          whole(minified),
          whole(gzipped),
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

async function sizeOf(
  { name, source }: Entry,
  folder: string,
): Promise<{ minified: number; gzipped: number }> {
  const entry = `${folder}/entry.ts`;
  const output = `${folder}/bundle.js`;
  await Deno.writeTextFile(entry, source);
  const args = ["bundle", "--minify", "-o", output, entry];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: BENCH })
    .output();
  if (!success) {
    progress(`size: ${name} cannot be bundled: ${new TextDecoder().decode(stderr).trim()}`);
    return { minified: NaN, gzipped: NaN };
  }
  const bytes = await Deno.readFile(output);
  return { minified: bytes.length, gzipped: await gzippedLength(bytes) };
}

async function gzippedLength(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
  const zipped = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(zipped).arrayBuffer()).byteLength;
}
