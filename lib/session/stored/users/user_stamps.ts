/**
 * The look-up of the stamps of users in the app.
 *
 * @module
 */

import type { StoredBackendParts } from "../stored_state.ts";

/**
 * The present stamp of a user: `null` if the user does not exist, `undefined` without a look-up.
 *
 * @throws {SessionStoreError} If the look-up fails, or takes longer than a read may. It is logged.
 */
export async function presentStamp(
  { access, guard, limits: { loadTimeout }, logger, stampOf }: Pick<
    StoredBackendParts,
    "access" | "guard" | "limits" | "logger" | "stampOf"
  >,
  userId: string,
): Promise<string | null | undefined> {
  if (stampOf === undefined) return undefined;
  try {
    const stamp: unknown = await guard.inTime(
      "the look-up of a stamp",
      loadTimeout,
      () => stampOf(userId),
    );
    return typeof stamp === "string" ? stamp : null;
  } catch (error) {
    logger.error("Looking up the stamp of a user failed", error);
    throw access.failure(error);
  }
}
