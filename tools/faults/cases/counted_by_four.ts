/**
 * Four processes count in one session.
 *
 * @module
 */

import { AppProcess } from "../app_process.ts";
import { type Place, placeOf } from "../app_settings.ts";
import { type Fault, noted, totalOf } from "../fault.ts";
import { Keeper } from "../keeper.ts";
import { Ledger, statusesOf } from "../ledger.ts";
import { PostgresServer } from "../servers/postgres.ts";
import { RedisServer } from "../servers/redis.ts";
import { Visitor } from "../visitor.ts";

const PROCESSES = 4;
/** How many requests of a process are under way at once. */
const AT_ONCE = 4;

/** The fault. */
export const countedByFour: Fault = {
  name: "four processes count in one session",
  shows: "session.modify() loses no count, whichever process makes it.",
  needs: ["redis-server", "PostgreSQL"],
  on: ["SQLite", "npm:redis", "npm:pg", "Deno KV", "npm:ioredis", "npm:postgres"],
  async run(on, { counts }) {
    await using stack = new AsyncDisposableStack();
    const place = await placeFor(on, stack);
    const origins: string[] = [];
    for (let process = 0; process < PROCESSES; process++) {
      origins.push(stack.use(await AppProcess.start({ place })).origin);
    }
    const ledger = new Ledger();
    const visitor = stack.use(new Visitor("ada", ledger, origins));
    await visitor.signIn();
    // The first is made by itself, because the session begins to hold the key.
    await visitor.count();
    const all = PROCESSES * counts;
    let left = all - 1;
    const work = async () => {
      while (left-- > 0) while (!await visitor.count());
    };
    await Promise.all(Array.from({ length: PROCESSES * AT_ONCE }, work));
    const present = (await visitor.read())?.values.get("counted");
    const told = new Set(visitor.counts).size;
    const refused = ledger.asked.filter(({ status }) => status !== 200).length;
    return totalOf([await visitor.reckon()], ledger, [
      // What was refused can have been made, or not.
      noted(
        `${present} of ${all} counts are there`,
        present !== undefined && present >= all && present <= all + refused,
      ),
      noted(`${told} of them were told apart`, told === all),
      noted(`responses: ${statusesOf(ledger.asked)}`, true),
    ]);
  },
};

async function placeFor(on: string, stack: AsyncDisposableStack): Promise<Place> {
  if (on === "SQLite" || on === "Deno KV") {
    const { folder } = stack.use(await Keeper.open());
    return { kind: on === "SQLite" ? "sqlite" : "kv", file: `${folder}/sessions.db` };
  }
  const Server = on === "npm:pg" || on === "npm:postgres" ? PostgresServer : RedisServer;
  return placeOf(on, stack.use(await Server.start()).port);
}
