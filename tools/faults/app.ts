/**
 * The app that the faults are tried on, as a process of its own. It ends with its input.
 *
 * Its argument is {@linkcode AppSettings} and {@linkcode AppSecrets} as JSON. It writes its port when it listens.
 *
 * @module
 */

import {
  type App,
  Configurator,
  json,
  route,
  signedCookieSessionFactory,
  type StoredSessionFactory,
  storedSessionFactory,
} from "@pyramidion/pyramidion";
import type { AppSecrets, AppSettings } from "./app_settings.ts";
import { openStore } from "./open_store.ts";
import { planted } from "./planted_store.ts";

/** What the sessions hold: the count, and the keys that visitors write. */
type Values = Record<string, number>;

const count = route("count", "/count");
const write = route("write", "/write/:key/:value(\\d+)");
const read = route("read", "/read");
const plain = route("plain", "/plain");
const signIn = route("sign-in", "/sign-in/:user");
const signOut = route("sign-out", "/sign-out");
const signOutEverywhere = route("sign-out-everywhere", "/sign-out-everywhere");
const POST = { requestMethod: "POST" } as const;

/** Makes the app. `stored` is the factory if sessions live in a store. */
function makeApp(
  sessionFactory: StoredSessionFactory<Values> | ReturnType<typeof cookieSessions>,
  stored: StoredSessionFactory<Values> | null,
): App<Values> {
  const config = new Configurator<Values>({ sessionFactory, logger: SILENT });
  config.addRoute(count).addRoute(write).addRoute(read).addRoute(plain);
  config.addRoute(signIn).addRoute(signOut).addRoute(signOutEverywhere);
  config.addView(async (request) => {
    const session = await request.session;
    if (stored !== null) return json(await session.modify("counted", (n = 0) => n + 1));
    const next = (session.get("counted") ?? 0) + 1;
    session.set("counted", next);
    return json(next);
  }, { route: count, ...POST });
  config.addView(async (request) => {
    const { key, value } = request.matchdict;
    (await request.session).set(key, Number(value));
    return json(true);
  }, { route: write, ...POST });
  config.addView(async (request) => {
    const session = await request.session;
    return json({ user: session.userId ?? null, values: Object.fromEntries(session.entries()) });
  }, { route: read });
  config.addView(() => json(true), { route: plain });
  config.addView(async (request) => {
    (await request.session).bindTo(request.matchdict.user);
    return json(true);
  }, { route: signIn, ...POST });
  config.addView(async (request) => {
    (await request.session).invalidate();
    return json(true);
  }, { route: signOut, ...POST });
  config.addView(async (request) => {
    const { userId } = await request.session;
    return json(userId === undefined ? 0 : await stored?.endAll(userId) ?? 0);
  }, { route: signOutEverywhere, ...POST });
  return config.makeApp();
}

function cookieSessions(formerSecret: string) {
  return signedCookieSessionFactory<Values>(formerSecret, { cookieName: "former" });
}

/** A store that is away is told by the answers. */
const SILENT = { warn: () => {}, error: () => {} };

async function main(): Promise<void> {
  const settings: AppSettings & AppSecrets = JSON.parse(Deno.args[0] ?? "");
  const { place, plant, formerly = false, secret, formerSecret } = settings;
  let app: App<Values>;
  if (place === "cookies") app = makeApp(cookieSessions(formerSecret), null);
  else {
    const store = await openStore(place);
    const factory = storedSessionFactory<Values>(
      plant === undefined ? store : planted(store, plant),
      secret,
      { ...formerly ? { cookieName: "app", formerly: cookieSessions(formerSecret) } : {} },
    );
    app = makeApp(factory, factory);
  }
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: ({ port }) => void Deno.stdout.write(new TextEncoder().encode(`${port}\n`)),
  }, (request, info) => app.fetch(request, info));
  // As a deploy ends a process: what is under way is answered.
  Deno.addSignalListener("SIGTERM", async () => {
    await server.shutdown();
    Deno.exit(0);
  });
  for await (const _ of Deno.stdin.readable);
  Deno.exit(0);
}

if (import.meta.main) await main();
