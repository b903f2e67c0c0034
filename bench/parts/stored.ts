/**
 * Sessions in a store, in this process: against a signed cookie of the same state that is verified each
 * time, and as they grow.
 *
 * @module
 */

import { memoryStore } from "../../lib/session/stores/memory.ts";
import { sqliteStore } from "../../lib/session/stores/sqlite.ts";
import { signedCookieSessionFactory, storedSessionFactory } from "../../mod.ts";
import type { SessionStore } from "../../lib/session/stored/session_store.ts";
import { interleave } from "../measure/interleaved.ts";
import { SECRET, stateOf } from "../payload.ts";
import { type Effort, figure, ratio, type Result } from "../result.ts";
import { progress } from "../say.ts";
import { median, pairedRatio } from "../statistics.ts";
import { atOnce, cookieFor, reader, requestWith, writer } from "./sessions.ts";

type Values = Record<string, unknown>;

const COOKIE_NAME = "session";
const VERIFYING = { verifiedCookies: 0, cookieName: COOKIE_NAME };
const SIZES: readonly [keys: number, bytes: number][] = [[5, 300], [20, 3_000], [200, 32_000]];

/** So many keys that hold so many bytes together, names included. */
function stateOfSize(keys: number, bytes: number): Values {
  const each = Math.floor(bytes / keys) - "key000".length - 2;
  return Object.fromEntries(
    Array.from(
      { length: keys },
      (_, at) => [`key${String(at).padStart(3, "0")}`, "x".repeat(each)],
    ),
  );
}

/** Measures stored sessions. */
export async function measureStored(effort: Effort): Promise<Result> {
  const turns = effort.quick
    ? { rounds: 3, milliseconds: 20, warmUp: 300 }
    : { rounds: 15, milliseconds: 60, warmUp: 1500 };
  const folder = await Deno.makeTempDir();
  const sqlite = sqliteStore(`${folder}/sessions.db`);
  await sqlite.createTables();
  try {
    const stores: [name: string, store: SessionStore][] = [
      ["memory", memoryStore()],
      ["SQLite", sqlite],
    ];
    progress("stored: against a signed cookie");
    const signed = signedCookieSessionFactory<Values>(SECRET, VERIFYING);
    const signedRequest = requestWith(await cookieFor(signed, stateOf(7)));
    const contenders = [
      reader("signed cookie, nothing remembered, read", signed, [signedRequest]),
      atOnce("the same, read and write", writer("signed", signed, signedRequest), 1),
    ];
    for (const [name, store] of stores) {
      for (const [what, options] of [["", {}], [", nothing remembered", VERIFYING]] as const) {
        const factory = storedSessionFactory<Values>(store, SECRET, {
          cookieName: COOKIE_NAME,
          ...options,
        });
        const request = requestWith(await cookieFor(factory, stateOf(7)));
        contenders.push(reader(`${name}${what}, read`, factory, [request]));
        contenders.push(
          atOnce(`${name}${what}, read and write`, writer(name, factory, request), 1),
        );
      }
    }
    const samples = await interleave(contenders, turns);
    progress("stored: as they grow");
    const growing = [];
    for (const [name, store] of stores) {
      const factory = storedSessionFactory<Values>(store, SECRET, { cookieName: COOKIE_NAME });
      for (const [keys, bytes] of SIZES) {
        const title = `${name}, ${keys} keys, ${bytes.toLocaleString("en")} bytes`;
        const request = requestWith(await cookieFor(factory, stateOfSize(keys, bytes)));
        growing.push(reader(`${title}, read`, factory, [request]));
        growing.push(atOnce(`${title}, read and write`, writer(title, factory, request), 1));
      }
    }
    const grown = await interleave(growing, turns);
    return result(samples, grown);
  } finally {
    await sqlite[Symbol.asyncDispose]();
    await Deno.remove(folder, { recursive: true });
  }
}

function result(samples: Map<string, number[]>, grown: Map<string, number[]>): Result {
  const bare = samples.get("signed cookie, nothing remembered, read") ?? [];
  const row = ([name, taken]: [string, number[]]) => [name, figure(median(taken) / 1000)];
  const target = (name: string, limit: number) => ({
    what: `a read of a stored session (${name}), against a signed cookie that is verified`,
    measured: pairedRatio(samples.get(`${name}, read`) ?? [], bare),
    unit: "×",
    must: "at most" as const,
    limit,
  });
  return {
    tables: [
      {
        id: "stored",
        columns: ["stored sessions", "µs", "× signed, read"],
        rows: [...samples].map(([name, taken]) => [
          ...row([name, taken]),
          ratio(pairedRatio(taken, bare)),
        ]),
      },
      { id: "stored-size", columns: ["as they grow", "µs"], rows: [...grown].map(row) },
    ],
    targets: [target("memory", 1.2), target("SQLite", 2.5)],
    samples: { stored: Object.fromEntries(samples), grown: Object.fromEntries(grown) },
  };
}
