/**
 * The clock of a database server, which may differ from that of the app.
 *
 * @module
 */

import type { Logger } from "../../log.ts";

/** How far two clocks may differ without a word, in milliseconds. */
const TOLERANCE = 5000;

/**
 * Warns if the server's clock differs from the app's by more than five seconds.
 *
 * @param logger Where to.
 * @param server The name of the server.
 * @param theirs Its time in milliseconds.
 * @param ours The time of the app in milliseconds.
 */
export function compareClocks(logger: Logger, server: string, theirs: number, ours: number): void {
  const difference = theirs - ours;
  if (Math.abs(difference) <= TOLERANCE) return;
  const seconds = Math.round(Math.abs(difference) / 1000);
  const way = difference > 0 ? "ahead of" : "behind";
  logger.warn(
    `The clock of ${server} is ${seconds} seconds ${way} the clock of this process: set both by NTP`,
  );
}
