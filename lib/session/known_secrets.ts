/**
 * Secrets that stand in public documentation, where everybody can read them.
 *
 * @module
 */

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

/** Below so many further characters a known secret is only dressed up. */
const ENOUGH_OF_ITS_OWN = 16;

// Everything of ASCII that is neither letter nor digit.
// deno-lint-ignore no-control-regex
const PUNCTUATION = /[\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]/g;

/**
 * Whether a secret is a published example, or one of them repeated or lengthened by a little.
 *
 * A random secret that happens to contain such a word is not: what is left of it is long enough.
 *
 * @param secret The secret as text; bytes as Latin-1.
 * @internal
 */
export function isKnownSecret(secret: string): boolean {
  const plain = secret.toLowerCase().replace(PUNCTUATION, "");
  let rest = plain;
  for (const known of KNOWN) rest = rest.replaceAll(known, "");
  return rest.length < plain.length && rest.length < ENOUGH_OF_ITS_OWN;
}
