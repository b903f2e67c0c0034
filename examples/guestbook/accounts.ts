/**
 * Accounts in memory: user names, each with a slow hash of the password.
 *
 * Your app keeps them in a database. If it is on the Internet, then it also limits the attempts.
 *
 * @module
 */

import { hashPassword, type PasswordHash, verifyPassword } from "../password_hash.ts";

/** Verifies who signs in. */
export interface Accounts {
  /** Whether this is the password of the user. */
  verify(user: string, password: string): Promise<boolean>;
}

/** Accounts that end with the process. */
export class MemoryAccounts implements Accounts {
  readonly #hashes = new Map<string, PasswordHash>();

  /** Adds an account, or replaces its password. It takes as long as a verification. */
  async add(user: string, password: string): Promise<void> {
    this.#hashes.set(user, await hashPassword(password));
  }

  verify(user: string, password: string): Promise<boolean> {
    return verifyPassword(password, this.#hashes.get(user));
  }
}
