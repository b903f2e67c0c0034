/**
 * The connection breaks after the store has made a change, and before it could say so.
 *
 * @module
 */

import { AppProcess } from "../app_process.ts";
import { isPostgres, placeOf } from "../app_settings.ts";
import { type Fault, judgeStatuses, noted, outcomeOf } from "../fault.ts";
import { pause } from "../keeper.ts";
import { Load } from "../load.ts";
import { PostgresServer } from "../servers/postgres.ts";
import { RedisServer } from "../servers/redis.ts";
import { TcpProxy } from "../servers/tcp_proxy.ts";

/** Each so-manieth count gets its reply cut. */
const EVERY = 3;

/** The fault. */
export const replyCut: Fault = {
  name: "a reply is cut off",
  shows: "A change that the store has made, and could not confirm, is made once.",
  needs: ["redis-server", "PostgreSQL"],
  on: ["npm:ioredis", "npm:pg", "npm:redis", "npm:postgres"],
  async run(client, { cuts }) {
    await using store = await (isPostgres(client) ? PostgresServer : RedisServer).start();
    await using proxy = new TcpProxy(store.port);
    await using app = await AppProcess.start({ place: placeOf(client, proxy.port) });
    await using load = new Load(1, [app.origin]);
    await load.signIn();
    const [visitor] = load.visitors;
    if (visitor === undefined) throw new Error("There is no visitor");
    let unknown = 0;
    for (let sent = 0; sent < cuts * EVERY; sent++) {
      const isCut = sent % EVERY === 1;
      // A count is the only command that names the key.
      if (isCut) proxy.cutNextReplyTo("counted");
      if (await visitor.count()) continue;
      if (isCut) unknown++;
      // The client connects again.
      while (await visitor.read() === null) await pause(20);
    }
    const present = (await visitor.read())?.values.get("counted");
    return await outcomeOf(
      load,
      judgeStatuses(load.ledger),
      noted(
        `${proxy.cuts} replies were cut, and ${unknown} visitors were told a 503`,
        proxy.cuts === cuts,
      ),
      noted(`${cuts * EVERY} counts were sent, and ${present} are there`, present === cuts * EVERY),
    );
  },
};
