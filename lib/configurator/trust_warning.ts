/**
 * The warning of proxies that are trusted without a word about what they write.
 *
 * @module
 */

import type { RequestOrigin } from "../http/request_origin.ts";
import type { Logger } from "../log.ts";

/**
 * Warns of `trustedHops` alone, by which nobody says which host the visitors ask.
 *
 * @param origins What the app says of where it is reached.
 * @param logger Told.
 */
export function warnOfTrustedHops(
  { publicOrigin, trustsHopsAlone }: RequestOrigin,
  logger: Logger,
): void {
  if (!trustsHopsAlone || publicOrigin !== undefined) return;
  logger.warn(
    'trustedHops believes X-Forwarded-For and X-Forwarded-Proto, and no header about the host: set publicOrigin, or name the headers that your proxy writes, such as trusted: { hops: 1, headers: ["x-forwarded-proto", "x-forwarded-host"] }',
  );
}
