/**
 * A deploy under load: sessions move from cookies to a store.
 *
 * @module
 */

import { AppProcess } from "../app_process.ts";
import { placeOf } from "../app_settings.ts";
import { type Fault, noted, outcomeOf } from "../fault.ts";
import { pause, until } from "../keeper.ts";
import { statusesOf } from "../ledger.ts";
import { Load } from "../load.ts";
import { Nginx } from "../servers/nginx.ts";
import { RedisServer } from "../servers/redis.ts";

/** The fault. */
export const movedFromCookies: Fault = {
  name: "a deploy moves sessions from cookies to a store",
  shows: "With formerly, all visitors stay signed in and keep their counts and keys.",
  needs: ["redis-server", "nginx"],
  on: ["npm:redis"],
  async run(client, { visitors, phase }) {
    await using redis = await RedisServer.start();
    await using former = await AppProcess.start({ place: "cookies" });
    await using nginx = await Nginx.start(former.port);
    await using load = new Load(visitors, [nginx.origin]);
    await load.signIn();
    load.begin();
    await pause(phase);
    await using next = await AppProcess.start({
      place: placeOf(client, redis.port),
      formerly: true,
    });
    await nginx.turnTo(next.port);
    await pause(phase);
    // A session, and a list for each user.
    await until("the last", async () => await redis.ask("DBSIZE") === 2 * visitors);
    await former.shutDown();
    const before = load.ledger.asked.length;
    await pause(phase);
    await load.end();
    const { asked } = load.ledger;
    return await outcomeOf(
      load,
      noted(`responses: ${statusesOf(asked)}`, asked.every(({ status }) => status === 200)),
      noted(
        `${asked.length - before} of them came after the former process`,
        asked.length > before,
      ),
      noted(`${visitors} sessions are in the store`, true),
    );
  },
};
