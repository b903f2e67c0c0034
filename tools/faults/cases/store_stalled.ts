/**
 * The store is stopped for some seconds, while requests go on to come.
 *
 * @module
 */

import { AppProcess } from "../app_process.ts";
import { placeOf } from "../app_settings.ts";
import {
  type Fault,
  judgePlain,
  judgeStatuses,
  noted,
  outcomeOf,
  shown,
  type Verdict,
} from "../fault.ts";
import { pause } from "../keeper.ts";
import { type Ledger, needsSession, waitingOf } from "../ledger.ts";
import { Load } from "../load.ts";
import { judgeRecovery, judgeRefusals, untilAnswered } from "../phases.ts";
import { PostgresServer } from "../servers/postgres.ts";
import { RedisServer } from "../servers/redis.ts";

/** Requests a second, whether those before were answered or not. */
const RATE = 100;
/** A read and a write of the store may take so long, in milliseconds: 500 and 1,000. */
const LIMITS = 1_500;

/** The fault. */
export const storeStalled: Fault = {
  name: "the store stalls",
  shows: "Visitors wait no longer than the time limits say, requests do not pile up, and all is " +
    "well two seconds after the store is.",
  needs: ["redis-server", "PostgreSQL"],
  on: ["npm:redis", "npm:pg", "npm:ioredis", "npm:postgres"],
  async run(client, { visitors, phase, stall, slack }) {
    await using store = await startStore(client);
    await using app = await AppProcess.start({ place: placeOf(client, store.port) });
    await using load = new Load(visitors, [app.origin]);
    await load.signIn();
    load.beginOpen(RATE);
    await pause(phase);
    const from = performance.now();
    await store.signalAll("SIGSTOP");
    await pause(stall);
    await store.signalAll("SIGCONT");
    const back = performance.now();
    await untilAnswered(load, back);
    await pause(phase);
    await load.end();
    return await outcomeOf(
      load,
      judgeStatuses(load.ledger),
      judgeRefusals(load.ledger, from, back),
      judgeWaiting(load.ledger, from, back, LIMITS + slack),
      judgePlain(load.ledger, from, back, slack),
      judgeRecovery(load.ledger, back, 2000 + slack),
    );
  },
};

function judgeWaiting(ledger: Ledger, from: number, to: number, limit: number): Verdict {
  const { median, longest } = waitingOf(ledger.between(from, to, needsSession));
  const most = RATE * limit / 1000;
  const note =
    `meanwhile visitors waited ${shown(median)}, at most ${shown(longest)}, and at most ` +
    `${ledger.mostOpen} requests were open`;
  return noted(note, longest <= limit && ledger.mostOpen <= most);
}

interface StoppableStore extends AsyncDisposable {
  readonly port: number;
  signalAll(signal: "SIGSTOP" | "SIGCONT"): Promise<void> | void;
}

async function startStore(client: string): Promise<StoppableStore> {
  if (client === "npm:pg" || client === "npm:postgres") return await PostgresServer.start();
  const redis = await RedisServer.start();
  return {
    port: redis.port,
    signalAll: (signal) => redis.signal(signal),
    [Symbol.asyncDispose]: () => redis[Symbol.asyncDispose](),
  };
}
