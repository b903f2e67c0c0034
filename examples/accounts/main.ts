/**
 * Serves the accounts example on http://localhost:6543/ (`deno task example:accounts`).
 *
 * `SESSION_STORE` is the address of the store, such as `redis://localhost:6379`. `SESSION_SECRET`
 * signs the cookies. Without it, all sessions end when the process ends. `PORT` is another port.
 * Several processes with one secret and one store share their users and sessions.
 *
 * @module
 */

import { openStore } from "../store.ts";
import { makeAccounts } from "./app.ts";
import { SqliteUsers } from "./users.ts";

const folder = "accounts";
await Deno.mkdir(folder, { recursive: true });
const store = await openStore(Deno.env.get("SESSION_STORE") ?? `sqlite:${folder}/sessions.db`);
const users = new SqliteUsers(`${folder}/users.db`);
const secret = Deno.env.get("SESSION_SECRET") ??
  crypto.getRandomValues(new Uint8Array(32)).toBase64();

// Only this computer reaches it. Behind a proxy, see docs/proxies.md.
Deno.serve({
  hostname: "localhost",
  port: Number(Deno.env.get("PORT") ?? 6543),
}, makeAccounts({ secret, users, store }).fetch);
