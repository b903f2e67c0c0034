/**
 * What is logged of a store that fails while a view asks for something.
 *
 * @module
 */

import type { Logger } from "../../log.ts";
import { SessionOutcomeUnknownError, SessionStoreError } from "../errors.ts";

/**
 * Waits for what a view asked of the store. The 503 that a failure becomes is logged here and nowhere
 * else: to the app it is an answer.
 *
 * @param logger Who is told.
 * @param what What was done, such as `"Changing a session"`.
 * @param asked What is under way.
 */
export async function loggedOnce<T>(logger: Logger, what: string, asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    const isOurs = error instanceof SessionStoreError ||
      error instanceof SessionOutcomeUnknownError;
    if (isOurs) logger.error(`${what} failed`, error);
    throw error;
  }
}
