/**
 * The keys of a stored session: those of the app, and those that are reserved.
 *
 * | stored key         | what it holds                                               |
 * | ------------------ | ----------------------------------------------------------- |
 * | `cart`             | the app's key `cart`                                        |
 * | `((csrf:x)`        | the app's key `(csrf:x)`                                    |
 * | `(csrf:TAG)`       | a CSRF secret                                               |
 * | `(flash:TAG)queue` | the messages that one request added to a queue              |
 * | `(owner)`          | the user whose keys they are after `forget()`               |
 * | `(pending)`        | until when the owner is half signed in, in milliseconds     |
 * | `(device)`         | nothing yet: the binding of a later version to a device     |
 *
 * Requests at once make different tags, so none writes over what another has added.
 *
 * @module
 */

/**
 * A stored key with this prefix is not the app's. A key of the app that begins so is stored with a
 * second prefix.
 */
const RESERVED = "(";
/** The reserved keys that have a tag. */
const TAGGED = /^\((csrf|flash):([\w-]+)\)(.*)$/s;
/** Digits of the number that begins the tag of messages. */
const NUMBER_DIGITS = 6;

/**
 * The key that binds a session to a device. A version that does not know the binding must not let
 * such a session in.
 */
export const DEVICE = "(device)";

/** The key that names the user whose keys they are, although this user is not signed in. */
export const OWNER = "(owner)";
/** The key that holds the last millisecond in which the owner is half signed in. */
export const PENDING = "(pending)";

/** A reserved key, read. */
export interface ReservedKey {
  /** What it holds. */
  readonly kind: "csrf" | "flash";
  /** What tells it from others of its kind. */
  readonly tag: string;
  /** The queue of messages. */
  readonly queue: string;
}

/** Whether a stored key is not one of the app's. */
export function isReserved(stored: string): boolean {
  return stored.startsWith(RESERVED) && !stored.startsWith(RESERVED + RESERVED);
}

/** The name under which one of the app's keys is stored. */
export function storedKey(key: string): string {
  return key.startsWith(RESERVED) ? RESERVED + key : key;
}

/** The app's key that is stored under this name. */
export function appKey(stored: string): string {
  return stored.startsWith(RESERVED) ? stored.slice(RESERVED.length) : stored;
}

/** What a developer calls a stored key: tags are left out. */
export function shownKey(stored: string): string {
  if (!isReserved(stored)) return appKey(stored);
  const reserved = reservedKey(stored);
  return reserved === null ? stored : `(${reserved.kind})${reserved.queue}`;
}

/** Reads a reserved key, or gives `null` if this version does not know it. */
export function reservedKey(stored: string): ReservedKey | null {
  const [, kind, tag = "", queue = ""] = TAGGED.exec(stored) ?? [];
  if (kind === "flash") return { kind, tag, queue };
  return kind === "csrf" && queue === "" ? { kind, tag, queue } : null;
}

/** The key of a CSRF secret. */
export function csrfKey(tag: string): string {
  return `(csrf:${tag})`;
}

/**
 * The key of messages that a request adds to a queue.
 *
 * @param queue The queue.
 * @param earlier The keys of the messages before. In the order of the keys, the new one is the last.
 * @param tag A random tag, because another request may add at the same time.
 */
export function flashKey(queue: string, earlier: readonly string[], tag: string): string {
  const numbers = earlier.map((key) => Number(reservedKey(key)?.tag.slice(0, NUMBER_DIGITS)))
    .filter(Number.isInteger);
  const next = String(Math.max(-1, ...numbers) + 1).padStart(NUMBER_DIGITS, "0");
  return `(flash:${next}${tag})${queue}`;
}
