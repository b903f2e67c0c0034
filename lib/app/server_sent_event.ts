/**
 * The text of server-sent events.
 *
 * @module
 */

import { checkOptions, describe, NUMBER, type OptionKinds, TEXT } from "../check_options.ts";

/** An event, or a part of one. It has at least one member. */
export interface ServerSentEvent {
  /**
   * The data. Several lines are sent as several fields, which the browser joins again. Without it
   * the browser calls no listener.
   */
  readonly data?: string;
  /** The type, by which a page listens for it, in one line. Default: the type `message`. */
  readonly event?: string;
  /**
   * The id, in one line and without NUL. The browser sends the last one in the header
   * `Last-Event-ID` if it connects again.
   */
  readonly id?: string;
  /** Milliseconds after which the browser connects again if the stream ends: 0 to 86,400,000. */
  readonly retry?: number;
  /** Text that browsers ignore. */
  readonly comment?: string;
}

const KINDS: OptionKinds<ServerSentEvent> = {
  data: TEXT,
  event: TEXT,
  id: TEXT,
  retry: NUMBER,
  comment: TEXT,
};

const LINE_BREAK = /\r\n|\r|\n/;
const LONGEST_RETRY = 86_400_000;

/** A comment without text. */
export const HEARTBEAT = ":\n\n";

/**
 * Writes an event as a stream sends it. Source: HTML standard, "Server-sent events".
 *
 * @param event The event, or its data.
 * @throws {TypeError} If it is neither a string nor an event. If it has an unknown member or none.
 * If `event` or `id` has a line break, or `id` has a NUL.
 * @throws {RangeError} If `retry` is not an integer from 0 to 86,400,000.
 */
export function eventText(event: string | ServerSentEvent): string {
  if (typeof event === "string") return `${fields("data", event)}\n`;
  if (typeof event !== "object" || event === null) {
    throw new TypeError(
      `Cannot send an event: must be a string, or an object with data, not ${
        describe(event)
      }: write JSON.stringify(…) for other values`,
    );
  }
  checkOptions("an event", event, KINDS, TypeError);
  const { comment, data, id, retry } = event;
  let text = "";
  if (comment !== undefined) text += fields("", comment);
  if (event.event !== undefined) text += `event: ${inOneLine("event", event.event)}\n`;
  if (data !== undefined) text += fields("data", data);
  if (id !== undefined) text += `id: ${inOneLine("id", id)}\n`;
  if (retry !== undefined) text += retryField(retry);
  if (text !== "") return `${text}\n`;
  throw new TypeError("Cannot send an event: it has no member: give it data");
}

/** The field `retry`, in a line. */
function retryField(retry: number): string {
  if (Number.isInteger(retry) && retry >= 0 && retry <= LONGEST_RETRY) return `retry: ${retry}\n`;
  throw new RangeError(
    `Cannot send an event: its retry must be an integer of milliseconds from 0 to ${LONGEST_RETRY}, not ${retry}`,
  );
}

/** A field for each line of a text. */
function fields(name: string, text: string): string {
  return text.split(LINE_BREAK).map((line) => `${name}: ${line}\n`).join("");
}

function inOneLine(name: "event" | "id", text: string): string {
  if (LINE_BREAK.test(text)) {
    throw new TypeError(
      `Cannot send an event: its ${name} has a line break, behind which another field would begin`,
    );
  }
  if (name === "id" && text.includes("\0")) {
    throw new TypeError("Cannot send an event: its id has a NUL, so that browsers ignore it");
  }
  return text;
}
