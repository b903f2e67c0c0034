/**
 * The warning of development mode where strangers can see it.
 *
 * @module
 */

import type { RequestOrigin } from "../http/request_origin.ts";
import type { Logger } from "../log.ts";

/** Hosts that lead nowhere but to this machine (RFC 6761, section 6.3; RFC 1122, section 3.2.1.3). */
const LOOPBACK = /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * Warns of an app in development mode that says it is reached from elsewhere: its error pages show
 * its inside to everybody.
 *
 * @param origins What the app says of where it is reached.
 * @param logger Told.
 */
export function warnOfStrangers({ publicOrigin }: RequestOrigin, logger: Logger): void {
  if (publicOrigin === undefined || LOOPBACK.test(new URL(publicOrigin).hostname)) return;
  logger.warn(
    `Development mode is on for ${publicOrigin}: its error pages show the inside of the app to everybody who gets there; leave development: true away`,
  );
}
