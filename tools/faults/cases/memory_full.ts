/**
 * The memory of Redis is full.
 *
 * @module
 */

import { AppProcess } from "../app_process.ts";
import { placeOf } from "../app_settings.ts";
import { type Fault, judgePlain, judgeStatuses, noted, outcomeOf } from "../fault.ts";
import { pause } from "../keeper.ts";
import { type Asked, type Ledger, statusesOf } from "../ledger.ts";
import { Load } from "../load.ts";
import { judgeRecovery, untilAnswered } from "../phases.ts";
import { RedisServer } from "../servers/redis.ts";

/** The fault. */
export const memoryFull: Fault = {
  name: "the memory of Redis is full",
  shows: "New sessions and changes are a 503. Pages that only read are served, and sign-out works.",
  needs: ["redis-server"],
  on: ["npm:redis", "npm:ioredis"],
  async run(client, { visitors, phase, slack }) {
    await using redis = await RedisServer.start("--maxmemory-policy", "noeviction");
    await using app = await AppProcess.start({ place: placeOf(client, redis.port) });
    await using load = new Load(visitors, [app.origin]);
    // These two sign out meanwhile, so they are not reckoned with. The third comes new.
    await using others = new Load(3, [app.origin], "other");
    const [here, everywhere, fresh] = others.visitors;
    if (here === undefined || everywhere === undefined || fresh === undefined) throw new Error();
    await load.signIn();
    await here.signIn();
    await everywhere.signIn();
    load.begin();
    await pause(phase);
    const used = /used_memory:(\d+)/.exec(String(await redis.ask("INFO", "memory")))?.[1];
    await redis.ask("CONFIG", "SET", "maxmemory", `${Math.floor(Number(used) / 2)}`);
    const from = performance.now();
    await pause(phase);
    const isRefused = !await fresh.signIn();
    const signedOut = [await here.signOut(), await everywhere.signOut("everywhere")];
    const to = performance.now();
    await redis.ask("CONFIG", "SET", "maxmemory", "0");
    const back = performance.now();
    await untilAnswered(load, back);
    await pause(phase);
    await load.end();
    const { ledger } = load;
    return await outcomeOf(
      load,
      judgeStatuses(ledger),
      judge(ledger, from, to, "changes", ({ kind }) => kind === "count" || kind === "write", 503),
      judge(ledger, from, to, "reads", ({ kind }) => kind === "read", 200),
      noted(`a new session was ${isRefused ? "refused" : "made"}`, isRefused),
      noted(`sign-outs worked: ${signedOut.join(", ")}`, !signedOut.includes(false)),
      judgePlain(ledger, from, to, slack),
      judgeRecovery(ledger, back, 8000 + slack),
    );
  },
};

/** Judges requests that were sent and answered while the memory was full. */
function judge(
  ledger: Ledger,
  from: number,
  to: number,
  what: string,
  fits: (one: Asked) => boolean,
  status: number,
) {
  const asked = ledger.between(from, to, (one) => fits(one) && one.at + one.waited < to);
  const isRight = asked.length > 0 && asked.every((one) => one.status === status);
  return noted(`${what} meanwhile: ${statusesOf(asked)}`, isRight);
}
