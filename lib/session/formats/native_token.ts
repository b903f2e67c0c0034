/**
 * What the tokens of formats 1, 2 and 3 share: a header, and keys for one format, purpose and
 * cookie name.
 *
 * @module
 */

import type { DecodedCookie } from "../../../session.ts";
import { FUNCTION, oneOf, type OptionKinds, TEXT } from "../../check_options.ts";
import { TOKEN } from "../../http/field_syntax.ts";
import { cookiePrefix } from "../../http/cookies.ts";
import type { RandomBytes } from "../crypto/bytes.ts";
import { type KeyPurpose, KeyRing, type RingKeys } from "../crypto/key_ring.ts";
import {
  checkSecrets,
  type Secrets,
  SECRETS_KINDS,
  type SecretsOptions,
} from "../crypto/secrets.ts";

/** The options of {@linkcode signedCodec} and {@linkcode encryptedCodec}. */
export interface CodecOptions extends SecretsOptions {
  /**
   * The cookie's name without prefix. The codec rejects a token that was moved to another name.
   *
   * @default {"session"}
   */
  readonly cookieName?: string;
  /**
   * What the payload is: a whole session, the key of a stored one, a link or a cell. The codec of
   * one rejects the tokens of the others.
   *
   * @default {"session"}
   * @internal
   */
  readonly purpose?: "session" | "stored" | "link" | "cell";
  /**
   * Makes the nonces of {@linkcode encryptedCodec}. {@linkcode signedCodec} uses no nonces.
   *
   * Use it only in tests that need known tokens. If a nonce is used twice, then an attacker can
   * forge cookies.
   *
   * @default {crypto.getRandomValues}
   */
  readonly randomBytes?: RandomBytes;
}

/** The kinds of {@linkcode CodecOptions}. */
export const CODEC_KINDS: OptionKinds<CodecOptions> = {
  ...SECRETS_KINDS,
  cookieName: TEXT,
  purpose: oneOf("session", "stored", "link", "cell"),
  randomBytes: FUNCTION,
};

/**
 * What tells one native format from the others.
 *
 * @internal
 */
export interface NativeFormat {
  /** The first byte of its tokens, 1 to 255. */
  readonly version: number;
  /** Its name in the info of its keys. If you change it, then every existing cookie is rejected. */
  readonly info: string;
  /** What its keys are for. */
  readonly algorithm: KeyPurpose["algorithm"];
}

/**
 * Bytes of the header: version, flags and key id.
 *
 * @internal
 */
export const HEADER_LENGTH = 6;

interface BegunToken {
  readonly token: Uint8Array<ArrayBuffer>;
  readonly key: CryptoKey;
}

/**
 * Header and keys of the tokens of one codec.
 *
 * @internal
 */
export class NativeToken {
  /** The cookie name that is bound into the keys. */
  readonly cookieName: string;
  readonly #version: number;
  readonly #ring: KeyRing;

  /**
   * Checks name and secrets. No key is derived before the first token.
   *
   * @param format The format.
   * @param secrets One secret, or a list with the newest first.
   * @param options The options of the codec.
   * @throws {TypeError} If a secret is not well-formed text, or the cookie's name is not valid or
   * has a prefix.
   * @throws {RangeError} If a secret is too weak.
   */
  constructor(format: NativeFormat, secrets: Secrets, options: CodecOptions) {
    const { cookieName = "session", purpose = "session" } = options;
    checkBareName(cookieName);
    const info = `pyramidion/${format.info}/${purpose}/${cookieName}`;
    this.#ring = new KeyRing(checkSecrets(secrets, options), { info, algorithm: format.algorithm });
    this.#version = format.version;
    this.cookieName = cookieName;
  }

  /**
   * Makes the bytes of a token with its header. All other bytes are zero.
   *
   * @param length The length of the token in bytes.
   * @returns The token, and the key to go on with.
   */
  begin(length: number): BegunToken | Promise<BegunToken> {
    const begun = ([{ id, key }]: RingKeys): BegunToken => {
      const token = new Uint8Array(length);
      writeHeader(token, this.#version, id);
      return { token, key };
    };
    const keys = this.#ring.keys();
    return keys instanceof Promise ? keys.then(begun) : begun(keys);
  }

  /**
   * Opens a token with the keys that its header names: usually one, and none for a token of another
   * app.
   *
   * @param token At least {@linkcode HEADER_LENGTH} bytes.
   * @param open Gives the payload, or `null` if another key made the token.
   */
  async open(
    token: Uint8Array<ArrayBuffer>,
    open: (key: CryptoKey) => Promise<Uint8Array<ArrayBuffer> | null>,
  ): Promise<DecodedCookie> {
    const keyId = readKeyId(token, this.#version);
    if (keyId === null) return { refused: "malformed" };
    const ring = this.#ring.keys();
    const keys = ring instanceof Promise ? await ring : ring;
    let refused: "unknown-key" | "bad-mac" = "unknown-key";
    for (const { id, key, stale } of keys) {
      if (id !== keyId) continue;
      const payload = await open(key);
      if (payload !== null) return { payload, stale };
      refused = "bad-mac";
    }
    return { refused };
  }
}

/** The prefix of the cookie may differ between development and the Web: keys are bound to the rest. */
function checkBareName(cookieName: string): void {
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
}

/** Writes version, empty flags and key id, big-endian, at the start of a token. */
function writeHeader(token: Uint8Array<ArrayBuffer>, version: number, keyId: number): void {
  token[0] = version;
  token[2] = keyId >>> 24;
  token[3] = keyId >>> 16;
  token[4] = keyId >>> 8;
  token[5] = keyId;
}

/** Reads the key id of a token, or gives `null` if the version differs or a flag is set. */
function readKeyId(token: Uint8Array<ArrayBuffer>, version: number): number | null {
  if (token[0] !== version || token[1] !== 0) return null;
  return (token[2]! << 24 | token[3]! << 16 | token[4]! << 8 | token[5]!) >>> 0;
}
