/**
 * Adds, reads and takes the flash messages of a session.
 *
 * @module
 */

import { BOOLEAN, checkOptions, checkValue, type OptionKinds, TEXT } from "../../check_options.ts";
import { HttpServiceUnavailable } from "../../http/errors.ts";
import type { SessionPolicy } from "./record.ts";
import type { SessionState } from "./state.ts";

/** How `session.flash()` treats a message that the queue already holds. */
export interface FlashOptions {
  /** Whether `flash()` adds a message that the queue already holds. @default {true} */
  readonly allowDuplicate?: boolean;
}

/** How `session.popFlash()` behaves in a request. The values are read when it finds a message. */
export interface FlashTaking {
  /** Whether the messages stay in the queue. */
  readonly keepFlash?: unknown;
  /** Whether taking a message throws a 503. */
  readonly refuseFlash?: unknown;
}

const FLASH_KINDS: OptionKinds<FlashOptions> = { allowDuplicate: BOOLEAN };
const PREFETCHED = "This page cannot be prefetched: it shows a message once";
const NO_STORE = { "cache-control": "no-store" };

/**
 * Adds a message to a queue.
 *
 * @param state The state of the session.
 * @param policy Checks and compares messages.
 * @param message The message.
 * @param queue The name of the queue.
 * @param options Whether a message that the queue holds is added again.
 * @throws {TypeError} If the format would lose or change the message, or an argument is wrong.
 */
export function addFlash(
  state: SessionState,
  policy: SessionPolicy,
  message: unknown,
  queue: string,
  options: FlashOptions | undefined,
): void {
  checkValue("the queue of flash()", queue, TEXT, TypeError);
  if (options !== undefined) checkOptions("session.flash()", options, FLASH_KINDS, TypeError);
  state.write("flash a message");
  policy.check(message, queue === "" ? "flash" : `flash.${queue}`);
  const messages = state.record.flash.get(queue) ?? [];
  const duplicate = options?.allowDuplicate === false &&
    messages.some((one) => policy.same(one, message));
  if (duplicate) return;
  state.leaveOut(message);
  state.record.flash.set(queue, [...messages, message]);
}

/** Reads the messages of a queue, oldest first. */
export function peekFlash(state: SessionState, queue: string): unknown[] {
  const messages = state.record.flash.get(queue) ?? [];
  for (const message of messages) {
    if (typeof message === "object" && message !== null) state.handOut(message);
  }
  return [...messages];
}

/**
 * Takes the messages out of a queue, oldest first.
 *
 * @param state The state of the session.
 * @param queue The name of the queue.
 * @param taking Whether they stay, or may not be taken.
 * @throws {HttpServiceUnavailable} If they may not be taken in this request.
 */
export function popFlash(state: SessionState, queue: string, taking: FlashTaking): unknown[] {
  const messages = peekFlash(state, queue);
  if (messages.length === 0 || isSet("keepFlash", taking.keepFlash)) return messages;
  if (isSet("refuseFlash", taking.refuseFlash)) {
    throw new HttpServiceUnavailable(PREFETCHED, { headers: NO_STORE });
  }
  state.write("pop the flash messages");
  state.record.flash.delete(queue);
  return messages;
}

function isSet(name: string, value: unknown = false): boolean {
  checkValue(`option "${name}" of new Session()`, value, BOOLEAN, TypeError);
  return value === true;
}
