/**
 * Keys for one purpose, derived once from each secret.
 *
 * @module
 */

import { cookiePrefix } from "../../http/cookies.ts";
import { TOKEN } from "../../http/field_syntax.ts";
import { Lazy } from "../../lazy.ts";
import { importAesGcmKey } from "./aes_gcm.ts";
import { hkdfSha256, importHkdfSecret, importHmacKey } from "./hmac.ts";

/**
 * What the keys of a ring are for.
 *
 * @internal
 */
export interface KeyPurpose {
  /** The HKDF info: keys of different infos have nothing to do with each other. */
  readonly info: string;
  /** What the keys can be used for, and for nothing else. */
  readonly algorithm: "HMAC-SHA-256" | "AES-256-GCM";
}

/**
 * One key and what a token calls it.
 *
 * @internal
 */
export interface RingKey {
  /** Four HKDF bytes of the secret as an unsigned integer; public, and not necessarily unique. */
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
 * The derivation starts with the first question and is done once: an app that reads no session
 * derives no key.
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

  /** The keys themselves once they are derived; until then a promise of them. */
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

/**
 * The HKDF info of a key that signs or seals one cookie for one use.
 *
 * @param format `"1/signed"` or `"2/sealed"`.
 * @param use `"session"` for a whole session, `"stored"` for the id of one.
 * @param cookieName Without prefix, since the prefix may differ between development and the Web.
 * @throws {TypeError} If the name is not a cookie's name, or has a prefix.
 * @internal
 */
export function keyInfo(
  format: "1/signed" | "2/sealed",
  use: "session" | "stored",
  cookieName: string,
): string {
  if (!TOKEN.test(cookieName)) {
    throw new TypeError(
      `Cannot bind a codec to the cookie name ${JSON.stringify(cookieName)}: ` +
        "a cookie's name is made of letters, digits and !#$%&'*+-.^_`|~",
    );
  }
  const prefix = cookiePrefix(cookieName);
  if (prefix !== undefined) {
    throw new TypeError(
      `Cannot bind a codec to the cookie name "${cookieName}": ` +
        `the prefix is written where it is due: write "${cookieName.slice(prefix.length)}"`,
    );
  }
  return `pyramidion/${format}/${use}/${cookieName}`;
}
