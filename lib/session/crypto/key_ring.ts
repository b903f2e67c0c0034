/**
 * Keys for one purpose, derived once from each secret.
 *
 * @module
 */

import { Lazy } from "../../lazy.ts";
import { importAesGcmKey } from "./aes_gcm.ts";
import { hkdfSha256, importHkdfSecret, importHmacKey } from "./hmac.ts";

/**
 * What the keys of a ring are for.
 *
 * @internal
 */
export interface KeyPurpose {
  /** The HKDF info. Keys of different infos are independent. */
  readonly info: string;
  /** The only algorithm that the keys can be used for. */
  readonly algorithm: "HMAC-SHA-256" | "AES-256-GCM";
}

/**
 * One key, and the id by which a token names it.
 *
 * @internal
 */
export interface RingKey {
  /**
   * Four HKDF bytes of the secret as an unsigned integer. It is public, and two secrets can have
   * the same one.
   */
  readonly id: number;
  /** The key itself, not extractable. */
  readonly key: CryptoKey;
  /** Whether a newer secret stands before it. */
  readonly stale: boolean;
}

/**
 * The keys of a ring, the newest first.
 *
 * @internal
 */
export type RingKeys = readonly [newest: RingKey, ...older: RingKey[]];

const KEY_LENGTH = 32;
const KEY_ID_LENGTH = 4;
const KEY_ID_INFO = "pyramidion/1/key-id";

/**
 * Derives a key for each secret by HKDF-SHA-256 with an empty salt.
 *
 * The first call of `keys()` starts the derivation, which is done once. An app that reads no
 * session derives no key.
 *
 * @internal
 */
export class KeyRing {
  readonly #keys: Lazy<RingKeys>;

  /**
   * Derives nothing yet.
   *
   * @param secrets Checked secrets (`checkSecrets`), the newest first.
   * @param purpose What the keys are for.
   */
  constructor(secrets: readonly [newest: string, ...older: string[]], purpose: KeyPurpose) {
    this.#keys = new Lazy(() => deriveAll(secrets, purpose));
  }

  /** The keys if they are derived, or else a promise of them. */
  keys(): RingKeys | Promise<RingKeys> {
    return this.#keys.get();
  }
}

function deriveAll(
  [newest, ...older]: readonly [newest: string, ...older: string[]],
  purpose: KeyPurpose,
): Promise<RingKeys> {
  return Promise.all([
    derive(newest, purpose, false),
    ...older.map((secret) => derive(secret, purpose, true)),
  ]);
}

async function derive(secret: string, purpose: KeyPurpose, stale: boolean): Promise<RingKey> {
  const utf8 = new TextEncoder();
  const material = await importHkdfSecret(utf8.encode(secret));
  const [id, bytes] = await Promise.all([
    hkdfSha256(material, utf8.encode(KEY_ID_INFO), KEY_ID_LENGTH),
    hkdfSha256(material, utf8.encode(purpose.info), KEY_LENGTH),
  ]);
  const key = purpose.algorithm === "AES-256-GCM"
    ? await importAesGcmKey(bytes)
    : await importHmacKey(bytes, "SHA-256");
  return { id: new DataView(id.buffer).getUint32(0), key, stale };
}
