/**
 * Sessions in a store, in this process: against a signed cookie of the same state that is verified each
 * time, and as they grow.
 *
 * @module
 */

import { signedCookieSessionFactory, storedSessionFactory } from "../../mod.ts";
import { type Contender, interleave } from "../measure/interleaved.ts";
import { type NamedStore, openStores } from "../measure/stores.ts";
import { PATIENT, SECRET, stateOf } from "../payload.ts";
import { type Effort, figure, ratio, type Result, type Table } from "../result.ts";
import { progress } from "../say.ts";
import { median, pairedRatio } from "../statistics.ts";
import { atOnce, cookieFor, reader, requestWith, writer } from "./sessions.ts";

type Values = Record<string, unknown>;
type Samples = Map<string, number[]>;

const COOKIE_NAME = "session";
const VERIFYING = { verifiedCookies: 0, cookieName: COOKIE_NAME };
const SIGNED = "signed cookie, nothing remembered, read";
/** Those that are compared with a cookie, because no other process takes part. */
const WITHIN = ["memory", "SQLite"];
const SIZES: readonly [keys: number, bytes: number][] = [
  [5, 300],
  [20, 3_000],
  [200, 6_000],
  [5, 32_000],
  [200, 32_000],
];
const ACTS = ["load", "load and save"] as const;

/** So many keys that hold so many bytes together, names included. */
export function stateOfSize(keys: number, bytes: number): Values {
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
  await using stores = await openStores();
  progress("stored: against a signed cookie");
  const samples = await interleave(await againstACookie(stores.all), turns);
  progress("stored: as they grow");
  const warmUp = Math.min(turns.warmUp, 500);
  const grown = await interleave(await growing(stores.all), { ...turns, warmUp });
  return result(samples, stores.all, grown);
}

async function againstACookie(stores: readonly NamedStore[]): Promise<Contender[]> {
  const signed = signedCookieSessionFactory<Values>(SECRET, VERIFYING);
  const signedRequest = requestWith(await cookieFor(signed, stateOf(7)));
  const contenders = [
    reader(SIGNED, signed, [signedRequest]),
    atOnce("the same, read and write", writer("signed", signed, signedRequest), 1),
  ];
  for (const { name, store } of stores) {
    if (store === null || !WITHIN.includes(name)) continue;
    for (const [what, options] of [["", {}], [", nothing remembered", VERIFYING]] as const) {
      const factory = storedSessionFactory<Values>(store, SECRET, {
        cookieName: COOKIE_NAME,
        ...PATIENT,
        ...options,
      });
      const request = requestWith(await cookieFor(factory, stateOf(7)));
      contenders.push(reader(`${name}${what}, read`, factory, [request]));
      contenders.push(atOnce(`${name}${what}, read and write`, writer(name, factory, request), 1));
    }
  }
  return contenders;
}

async function growing(stores: readonly NamedStore[]): Promise<Contender[]> {
  const contenders: Contender[] = [];
  for (const { name, store } of stores) {
    if (store === null) continue;
    const factory = storedSessionFactory<Values>(store, SECRET, {
      cookieName: COOKIE_NAME,
      ...PATIENT,
    });
    for (const size of SIZES) {
      const request = requestWith(await cookieFor(factory, stateOfSize(...size)));
      const title = (act: typeof ACTS[number]) => titleOf(name, size, act);
      contenders.push(reader(title("load"), factory, [request]));
      const write = writer(title("load and save"), factory, request);
      contenders.push(atOnce(title("load and save"), write, 1));
    }
  }
  return contenders;
}

function titleOf(name: string, [keys, bytes]: readonly [number, number], act: string): string {
  return `${name}, ${keys} keys, ${bytes} bytes, ${act}`;
}

function result(samples: Samples, stores: readonly NamedStore[], grown: Samples): Result {
  const bare = samples.get(SIGNED) ?? [];
  const target = (name: string, limit: number) => ({
    what: `a read of a stored session (${name}), nothing remembered, against a signed cookie`,
    measured: pairedRatio(samples.get(`${name}, nothing remembered, read`) ?? [], bare),
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
          name,
          figure(median(taken) / 1000),
          ratio(pairedRatio(taken, bare)),
        ]),
      },
      sizeTable(stores, grown),
    ],
    targets: [target("memory", 1.2), target("SQLite", 2.5)],
    samples: { stored: Object.fromEntries(samples), grown: Object.fromEntries(grown) },
  };
}

function sizeTable(stores: readonly NamedStore[], grown: Samples): Table {
  const heads = SIZES.map(([keys, bytes]) => `${keys} keys, ${bytes.toLocaleString("en")} B`);
  const rows = stores.flatMap(({ name, store }) =>
    ACTS.map((act) => [
      store === null ? `${name}, ${act}: not installed` : `${name}, ${act}`,
      ...SIZES.map((size) => {
        const taken = grown.get(titleOf(name, size, act)) ?? [];
        return figure(median(taken) / 1000);
      }),
    ])
  );
  return { id: "stored-size", columns: ["µs, one at a time", ...heads], rows };
}
