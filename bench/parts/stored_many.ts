/**
 * Stores with a thousand to a million sessions: what a session takes, and what that does to loading,
 * listing and sweeping.
 *
 * @module
 */

import { headText } from "../../lib/session/stored/stored_head.ts";
import { FILLED, type FilledStore, type OneOfMany } from "../measure/many_sessions.ts";
import { stateOf } from "../payload.ts";
import { type Effort, figure, type Result, whole } from "../result.ts";
import { progress } from "../say.ts";
import { median } from "../statistics.ts";

/** What was found with so many sessions. */
interface Found {
  readonly store: string;
  readonly sessions: number;
  readonly bytes: number;
  /** In milliseconds, each sorted. */
  readonly loads: readonly number[];
  readonly lists: readonly number[];
  readonly sweeps: readonly number[];
}

const HOUR = 3_600_000;
/** Sessions that one user has. */
const OF_A_USER = 10;
/** How many are put in at once. */
const BATCH = 20_000;
const SWEPT = 1_000;
const LOADS = 5_000;

/** Measures stores with many sessions. */
export async function measureStoredMany({ quick }: Effort): Promise<Result> {
  const steps = quick ? [1_000] : [1_000, 10_000, 100_000, 1_000_000];
  const all: Found[] = [], rows: string[][] = [];
  for (const [name, open] of FILLED) {
    await using opened = new AsyncDisposableStack();
    const filled = await open(opened);
    if (filled === null) {
      rows.push([`${name}: not installed`, ...Array.from({ length: 5 }, () => "–")]);
      continue;
    }
    const empty = await filled.bytes();
    let sessions = 0;
    for (const step of steps) {
      if (step > (filled.most ?? Infinity)) continue;
      while (sessions < step) {
        const next = Math.min(step, sessions + BATCH);
        progress(`stored-many: ${name}: ${whole(next)} sessions`);
        await filled.fill(sessionsOf(sessions, next));
        sessions = next;
      }
      const found = await look(filled, sessions, empty);
      all.push(found);
      rows.push(rowOf(found));
    }
  }
  return {
    tables: [{
      id: "stored-many",
      columns: [
        "store, sessions",
        "bytes a session",
        "load, half within µs",
        "load, 99 % within µs",
        `list of ${OF_A_USER}, µs`,
        `sweep of ${whole(SWEPT)}, ms`,
      ],
      rows,
    }],
    targets: [],
    samples: all.map((found) => ({
      ...found,
      loads: percentiles(found.loads),
      lists: percentiles(found.lists),
    })),
  };
}

/** The least of sorted samples, each hundredth of the way, and the most: thousands are too many to keep. */
function percentiles(sorted: readonly number[]): number[] {
  return Array.from(
    { length: 101 },
    (_, percent) => sorted[Math.round((sorted.length - 1) * percent / 100)] ?? NaN,
  );
}

async function look(filled: FilledStore, sessions: number, empty: number): Promise<Found> {
  const { name, store } = filled;
  const bytes = (await filled.bytes() - empty) / sessions;
  const now = Date.now(), random = () => Math.floor(Math.random() * sessions);
  const loads = await timed(LOADS, async () => {
    if (await store.load(idOf(random()), now) === null) throw new Error(`${name} lost a session`);
  });
  const users = Math.ceil(sessions / OF_A_USER);
  const lists = await timed(LOADS / 10, async () => {
    const listed = await store.list(userOf(Math.floor(Math.random() * users)), now);
    if (listed.length !== OF_A_USER) throw new Error(`${name} lists ${listed.length}`);
  });
  const sweeps: number[] = [];
  // Redis does it by itself.
  for (let batch = 0; batch < 5 && store.sweep !== undefined; batch++) {
    await filled.fill(sessionsOf(-SWEPT, 0, now - 3 * HOUR));
    const begun = performance.now();
    const removed = await store.sweep(now, SWEPT);
    sweeps.push(performance.now() - begun);
    if (removed !== SWEPT) throw new Error(`${name} swept ${removed}`);
  }
  return { store: name, sessions, bytes, loads, lists, sweeps };
}

async function timed(times: number, act: () => Promise<void>): Promise<number[]> {
  const taken: number[] = [];
  for (let time = -times / 5; time < times; time++) {
    const begun = performance.now();
    await act();
    if (time >= 0) taken.push(performance.now() - begun);
  }
  return taken.sort((one, other) => one - other);
}

function rowOf({ store, sessions, bytes, loads, lists, sweeps }: Found): string[] {
  return [
    `${store}, ${whole(sessions)}`,
    whole(bytes),
    figure(median(loads) * 1000),
    figure((loads[Math.floor(loads.length * 0.99)] ?? NaN) * 1000),
    figure(median(lists) * 1000),
    figure(median(sweeps)),
  ];
}

/** The sessions of numbers, with the state of every other part of the bench. */
function sessionsOf(from: number, to: number, now = Date.now()): OneOfMany[] {
  const sessions: OneOfMany[] = [];
  for (let number = from; number < to; number++) {
    const id = idOf(number);
    const state = Object.entries(stateOf(Math.abs(number) % 1_000_000));
    const values = new Map(state.map(([key, value]) => [key, JSON.stringify(value)]));
    const hash = (id + id).slice(0, 43);
    const head = headText({
      created: now,
      rememberFor: undefined,
      stamp: undefined,
      hash,
      previous: [],
    });
    const account = userOf(Math.floor(number / OF_A_USER));
    sessions.push({ id, record: { head, renewed: now, expires: now + HOUR, account, values } });
  }
  return sessions;
}

function userOf(number: number): string {
  return `user${number}`;
}

/** An id as random ones are: neighbours have nothing in common. */
function idOf(number: number): string {
  const words = new Uint32Array(4);
  let word = number + 0x9e3779b9 | 0;
  for (let at = 0; at < words.length; at++) {
    word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35) ^ at;
    words[at] = word ^= word >>> 16;
  }
  return new Uint8Array(words.buffer).toBase64({ alphabet: "base64url", omitPadding: true });
}
