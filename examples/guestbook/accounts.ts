/**
 * Accounts in memory: user names, each with a slow hash of the password.
 *
 * Your app keeps them in a database. If it is on the Internet, then it also limits the attempts.
 *
 * @module
 */

import { timingSafeEqual } from "jsr:@std/crypto@^1.0.0/timing-safe-equal";

interface PasswordHash {
  readonly salt: Uint8Array<ArrayBuffer>;
  readonly hash: ArrayBuffer;
}

/** OWASP Password Storage Cheat Sheet, PBKDF2 with HMAC-SHA-256. */
const ITERATIONS = 600_000;

/** Verifies who signs in. */
export interface Accounts {
  /** Whether this is the password of the user. */
  verify(user: string, password: string): Promise<boolean>;
}

/** Accounts that end with the process. */
export class MemoryAccounts implements Accounts {
  readonly #hashes = new Map<string, PasswordHash>();
  // Without it, a quick answer would tell which names exist.
  readonly #decoy = makeHash(crypto.randomUUID());

  /** Adds an account, or replaces its password. It takes as long as a verification. */
  async add(user: string, password: string): Promise<void> {
    this.#hashes.set(user, await makeHash(password));
  }

  async verify(user: string, password: string): Promise<boolean> {
    const known = this.#hashes.get(user);
    const { salt, hash } = known ?? await this.#decoy;
    const isEqual = timingSafeEqual(hash, await derive(password, salt));
    return isEqual && known !== undefined;
  }
}

async function makeHash(password: string): Promise<PasswordHash> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  return { salt, hash: await derive(password, salt) };
}

async function derive(password: string, salt: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
  // One text can be typed as different code points. NFC makes them equal.
  const bytes = new TextEncoder().encode(password.normalize("NFC"));
  const key = await crypto.subtle.importKey("raw", bytes, "PBKDF2", false, ["deriveBits"]);
  return await crypto.subtle.deriveBits(
    { name: "PBKDF2", hash: "SHA-256", salt, iterations: ITERATIONS },
    key,
    256,
  );
}
