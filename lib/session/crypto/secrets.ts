/**
 * Secrets, and the checks that refuse weak ones at start-up.
 *
 * @module
 */

import { BOOLEAN, type OptionKinds } from "../../check_options.ts";

/** One secret, or a list with the newest first: the first signs, all verify. */
export type Secrets = string | readonly [newest: string, ...older: string[]];

/** The options of every codec about its secrets. */
export interface SecretsOptions {
  /**
   * Permits secrets that are short, repetitive or published.
   *
   * Use it only to read the cookies of an older system. An attacker who guesses the secret can sign
   * in as any user. An empty secret is refused in any case.
   *
   * @default {false}
   */
  readonly insecureAllowWeakSecret?: boolean;
}

/** The kinds of {@linkcode SecretsOptions}. */
export const SECRETS_KINDS: OptionKinds<SecretsOptions> = { insecureAllowWeakSecret: BOOLEAN };

/**
 * The least length of a secret, in UTF-8 bytes.
 *
 * @internal
 */
export const MIN_SECRET_BYTES = 32;

const HINT =
  `make one with: deno eval 'console.log(crypto.getRandomValues(new Uint8Array(32)).toBase64())'`;
const UTF8 = new TextEncoder();

/**
 * Checks secrets when a factory or a codec is made. No message contains a secret.
 *
 * @param secrets One secret or a list, the newest first.
 * @param options The permission to use weak secrets.
 * @returns The secrets as a list, the newest first.
 * @throws {TypeError} If the list is empty, or a secret is not a string or has lone surrogates.
 * @throws {RangeError} If one is empty, shorter than 32 UTF-8 bytes, a repeated pattern, a published
 * example, or stands in the list twice.
 * @internal
 */
export function checkSecrets(
  secrets: Secrets,
  options: SecretsOptions = {},
): readonly [newest: string, ...older: string[]] {
  const list = listOf<string>(secrets);
  list.forEach((secret, index) => {
    if (typeof secret !== "string") {
      throw refusal(TypeError, index, list.length, `is ${kindOf(secret)} and must be text`);
    }
  });
  return checkSecretList(list, options);
}

/**
 * {@linkcode checkSecrets} for formats whose secrets may be bytes.
 *
 * @param secrets One secret or a list, the newest first.
 * @param options The permission to use weak secrets.
 * @returns The secrets as a list, the newest first.
 * @throws {TypeError} As `checkSecrets`.
 * @throws {RangeError} As `checkSecrets`.
 * @internal
 */
export function checkSecretList<S extends string | Uint8Array<ArrayBuffer>>(
  secrets: S | readonly S[],
  options: SecretsOptions = {},
): readonly [newest: S, ...older: S[]] {
  const list = listOf(secrets);
  const [newest, ...older] = list;
  const seen = new Set<string>();
  list.forEach((secret, index) => {
    const fault = faultOf(secret) ??
      (options.insecureAllowWeakSecret === true ? null : weakness(secret));
    if (fault !== null) throw refusal(fault.kind, index, list.length, fault.text);
    // Bytes and text are compared as bytes: they would be the same key.
    const bytes = bytesOf(secret).toHex();
    if (seen.has(bytes)) {
      throw refusal(RangeError, index, list.length, "stands in the list twice");
    }
    seen.add(bytes);
  });
  if (newest === undefined) {
    throw new TypeError(`Cannot use the secrets: the list is empty: ${HINT}`);
  }
  return [newest, ...older];
}

interface Fault {
  readonly kind: typeof TypeError | typeof RangeError;
  readonly text: string;
}

/** The faults that no option permits. */
function faultOf(secret: unknown): Fault | null {
  if (typeof secret !== "string" && !(secret instanceof Uint8Array)) {
    return { kind: TypeError, text: `is ${kindOf(secret)} and must be text` };
  }
  if (secret.length === 0) return { kind: RangeError, text: "is empty" };
  // U+FFFD would stand for each of them: two secrets, one key.
  if (typeof secret === "string" && !secret.isWellFormed()) {
    return { kind: TypeError, text: "contains lone surrogates, which have no UTF-8" };
  }
  return null;
}

/** The faults that `insecureAllowWeakSecret` permits. */
function weakness(secret: string | Uint8Array): Fault | null {
  const bytes = bytesOf(secret);
  if (bytes.length < MIN_SECRET_BYTES) {
    const text = `is ${bytes.length} bytes long and must be at least ${MIN_SECRET_BYTES}`;
    return { kind: RangeError, text };
  }
  if (isRepetition(bytes)) {
    return { kind: RangeError, text: "is one pattern repeated and must be random" };
  }
  const text = typeof secret === "string" ? secret : latin1(secret);
  if (isKnownSecret(text)) {
    return { kind: RangeError, text: "is an example from public documentation" };
  }
  return null;
}

/** Whether the bytes are a pattern of at most half their length, over and over. */
function isRepetition(bytes: Uint8Array): boolean {
  for (let period = 1; period <= bytes.length / 2; period++) {
    if (bytes.every((byte, index) => index < period || byte === bytes[index - period])) {
      return true;
    }
  }
  return false;
}

function refusal(
  kind: typeof TypeError | typeof RangeError,
  index: number,
  count: number,
  fault: string,
): Error {
  const which = count === 1 ? "the secret" : `secret ${index + 1} of ${count}`;
  return new kind(`Cannot use ${which}: it ${fault}: ${HINT}`);
}

function listOf<S>(secrets: S | readonly S[]): readonly S[] {
  return isList(secrets) ? secrets : [secrets];
}

function isList<S>(secrets: S | readonly S[]): secrets is readonly S[] {
  return Array.isArray(secrets);
}

function kindOf(value: unknown): string {
  if (value === undefined) return "undefined (is the environment variable set?)";
  return value === null ? "null" : `of type ${typeof value}`;
}

function bytesOf(secret: string | Uint8Array): Uint8Array {
  return typeof secret === "string" ? UTF8.encode(secret) : secret;
}

function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

/** Example secrets of frameworks and tutorials, in small letters and without punctuation. */
const KNOWN: readonly string[] = [
  "keyboardcat",
  "secret",
  "secrets",
  "secretkey",
  "secretkeybase",
  "yoursecret",
  "yoursecretkey",
  "mysecret",
  "mysecretkey",
  "supersecret",
  "supersecretkey",
  "topsecret",
  "sosecret",
  "thisisasecret",
  "thisissecret",
  "itsaseekreet",
  "seekrit",
  "s3cret",
  "s3cr3t",
  "shhhhh",
  "shhhhhh",
  "notagoodsecret",
  "notsosecret",
  "abcqwe123",
  "password",
  "passw0rd",
  "changeme",
  "changethis",
  "changeit",
  "replaceme",
  "replacethis",
  "pleasechange",
  "example",
  "insecure",
  "djangoinsecure",
  "development",
  "default",
  "foobar",
  "letmein",
  "qwerty",
  "correcthorsebatterystaple",
  "your256bitsecret",
  "your384bitsecret",
  "your512bitsecret",
  "astringsecretatleast256bitslong",
  "avalidstringsecretthatisatleast384bitslong",
  "avalidstringsecretthatisatleast512bitslongwhichisverylong",
  "complexpasswordatleast32characterslong",
  "passwordatleast32characterslong",
  "averylogphrasebiggerthanthirtytwochars",
  "averylongphrasebiggerthanthirtytwochars",
  "asecretwithminimumlengthof32characters",
  "thesecretneedstobeatleast32characterslong",
  "changemetoacomplexrandomsecret",
  "yourownrandomgeneratedsecretkey",
  "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf",
  "80d42cfb1cd2462c8f17e3237d9027e9",
  "0123456789abcdef",
  "abcdefghijklmnopqrstuvwxyz",
  "1234567890",
  "0123456789",
].sort((a, b) => b.length - a.length);

/** A secret with fewer characters besides a known one counts as known. */
const ENOUGH_OF_ITS_OWN = 16;

// Everything of ASCII that is neither letter nor digit.
// deno-lint-ignore no-control-regex
const PUNCTUATION = /[\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]/g;

/**
 * Whether a secret is a published example, or one of them repeated or lengthened by a little.
 *
 * A random secret that contains such a word by chance is not one, because enough other characters
 * remain.
 *
 * @param secret The secret as text. Bytes are read as Latin-1.
 * @internal
 */
export function isKnownSecret(secret: string): boolean {
  const plain = secret.toLowerCase().replace(PUNCTUATION, "");
  let rest = plain;
  for (const known of KNOWN) rest = rest.replaceAll(known, "");
  return rest.length < plain.length && rest.length < ENOUGH_OF_ITS_OWN;
}
