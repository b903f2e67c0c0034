/**
 * The warning of development mode where strangers can see it.
 *
 * @module
 */

import { isLoopbackHost } from "../http/ip_address.ts";
import type { RequestOrigin } from "../http/request_origin.ts";
import type { Logger } from "../log.ts";

/**
 * Warns of an app in development mode that says it is reached from elsewhere: its error pages show
 * its inside to everybody.
 *
 * @param origins What the app says of where it is reached.
 * @param logger Told.
 */
export function warnOfStrangers({ publicOrigin }: RequestOrigin, logger: Logger): void {
  if (publicOrigin === undefined || isLoopbackHost(new URL(publicOrigin).hostname)) return;
  logger.warn(
    `Development mode is on for ${publicOrigin}: its error pages show the inside of the app to everybody who comes through a proxy on this machine that does not name its visitors; leave development: true away`,
  );
}
