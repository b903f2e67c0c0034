/**
 * Our own share of a request: what an app does besides answering.
 *
 * @module
 */

import { type Contender, interleave } from "../measure/interleaved.ts";
import { fetch as askOurs } from "../ours/shipped.ts";
import { type Effort, figure, type Table } from "../result.ts";
import { minimum } from "../statistics.ts";
import { fetch as askHand } from "../yardsticks/hand_subtle.ts";

const ORIGIN = "http://127.0.0.1:8000";

/** Microseconds of a whole request, without a server. */
export interface Share {
  /** Of our app. */
  readonly ours: number;
  /** Of the hand-written one. */
  readonly hand: number;
}

/** Of two requests. */
export interface Shares {
  /** `/hello`: nothing is asked of the session. */
  readonly hello: Share;
  /** `/read` without a cookie. */
  readonly nobody: Share;
}

/** What a request costs where neither cryptography nor a server takes part. */
export async function measureShares({ quick }: Effort): Promise<Shares> {
  const share = async (path: string): Promise<Share> => {
    const requests = Array.from({ length: 64 }, () => new Request(ORIGIN + path));
    const turns = { rounds: quick ? 20 : 200, milliseconds: 2 };
    const samples = await interleave([
      asking("ours", askOurs, requests),
      asking("hand", askHand, requests),
    ], turns);
    const least = (name: string): number => minimum(samples.get(name) ?? []) / 1000;
    return { ours: least("ours"), hand: least("hand") };
  };
  return { hello: await share("/hello"), nobody: await share("/read") };
}

function asking(
  name: string,
  ask: (request: Request) => Response | Promise<Response>,
  requests: readonly Request[],
): Contender {
  return {
    name,
    async run(times) {
      for (let time = 0; time < times; time++) {
        const request = requests[time % requests.length];
        const response = request && ask(request);
        if (response instanceof Promise) await response;
      }
    },
  };
}

/** Both, and what is ours of it. */
export function shareTable({ hello, nobody }: Shares): Table {
  const row = (
    name: string,
    { ours, hand }: Share,
  ): string[] => [name, figure(ours), figure(hand), figure(ours - hand)];
  return {
    id: "share",
    columns: ["a request in this process, µs", "Pyramidion", "hand-written", "our share"],
    rows: [
      row("`/hello`: no session", hello),
      row("`/read` without a cookie: a new session that nobody keeps, and `Vary`", nobody),
    ],
  };
}
