/**
 * A replica of Redis takes the place of the primary server.
 *
 * @module
 */

import { AppProcess } from "../app_process.ts";
import { type ClientName, placeOf } from "../app_settings.ts";
import { type Fault, judgeStatuses, noted, type Outcome, outcomeOf } from "../fault.ts";
import { pause, until } from "../keeper.ts";
import { Load } from "../load.ts";
import { judgeRecovery, judgeRefusals, untilAnswered } from "../phases.ts";
import { RedisServer } from "../servers/redis.ts";
import { TcpProxy } from "../servers/tcp_proxy.ts";

/** A port at which no server listens. */
const NOWHERE = 1;

/** The fault. The address of the server is that of a proxy, which leads to the new server later. */
export const replicaPromoted: Fault = {
  name: "a replica is promoted",
  shows:
    "After FAILOVER, the former primary refuses to write. That is a 503, and signs no visitor " +
    "out. Nothing is lost. If the primary is killed, then what the replica lacked is lost.",
  needs: ["redis-server"],
  on: [
    "FAILOVER, npm:redis",
    "FAILOVER, npm:ioredis",
    "killed",
    "killed, the replica cut off",
    "killed, the replica cut off, min-replicas-to-write 1",
  ],
  async run(on, { visitors, phase, slack }) {
    const client: ClientName = on.includes("npm:ioredis") ? "npm:ioredis" : "npm:redis";
    await using primary = await RedisServer.start();
    await using replica = await RedisServer.start();
    await using link = new TcpProxy(primary.port);
    await replica.follow(link.port);
    if (on.includes("min-replicas")) {
      await primary.ask("CONFIG", "SET", "min-replicas-to-write", "1");
    }
    await using proxy = new TcpProxy(primary.port);
    await using app = await AppProcess.start({ place: placeOf(client, proxy.port) });
    await using load = new Load(visitors, [app.origin]);
    await load.signIn();
    // Sign-ins are there before anything can be lost.
    await primary.ask("WAIT", "1", "1000");
    load.begin();
    await pause(phase);
    const isCutOff = on.includes("cut off");
    if (isCutOff) {
      link.turnTo(NOWHERE);
      await pause(phase / 2);
    }
    const from = performance.now();
    if (on.startsWith("FAILOVER")) {
      await primary.ask("FAILOVER", "TO", "127.0.0.1", `${replica.port}`);
      await until("the new primary", () => isPrimary(replica));
      // The app still asks the former one.
      await pause(phase);
    } else {
      primary.signal("SIGKILL");
      await pause(phase / 4);
      await replica.ask("REPLICAOF", "NO", "ONE");
    }
    const back = performance.now();
    proxy.turnTo(replica.port);
    await untilAnswered(load, back);
    await pause(phase);
    await load.end();
    const outcome = await outcomeOf(
      load,
      judgeStatuses(load.ledger),
      judgeRefusals(load.ledger, from, back),
      judgeRecovery(load.ledger, back, 8000 + slack),
    );
    return isCutOff
      ? withLoss(outcome, on.includes("min-replicas") ? visitors : Infinity)
      : outcome;
  },
};

async function isPrimary(server: RedisServer): Promise<boolean> {
  return String(await server.ask("INFO", "replication")).includes("role:master");
}

/** What the replica lacked is lost: the run is to show how much. */
function withLoss(outcome: Outcome, most: number): Outcome {
  const { lost, notes, wrong } = outcome;
  const verdict = noted(`the replica lacked ${lost} acknowledged changes`, lost <= most);
  return {
    ...outcome,
    notes: [...notes, ...verdict.notes],
    wrong: [...wrong.filter((one) => !one.includes("are lost")), ...verdict.wrong],
  };
}
