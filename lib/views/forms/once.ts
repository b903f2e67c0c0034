/**
 * Accepts each form once, by a token that the form carries.
 *
 * @module
 */

import {
  BOOLEAN,
  fitsOptions,
  NAME,
  type OptionKind,
  type OptionKinds,
} from "../../check_options.ts";
import { HttpBadRequest, HttpConflict } from "../../http/errors.ts";
import { redirect } from "../../http/redirect.ts";
import { type Session, sessionState } from "../../../session.ts";
import { ONCE_FIELD, ONCE_KEY } from "../request_state.ts";
import type { SentFields } from "./sent_fields.ts";

/** What the visitor gets who sends a form again. */
export interface OnceOptions {
  /**
   * Where the visitor is sent with a 303, such as the page that the first answer leads to. It must
   * be of this site.
   */
  readonly redirectTo: string;
}

const LOCATION: OptionKinds<OnceOptions> = { redirectTo: NAME };

/** What the option `once` takes. */
export const ONCE: OptionKind = {
  expected: 'true, false, or a location such as { redirectTo: "/orders" }',
  is: (value) =>
    BOOLEAN.is(value) ||
    (fitsOptions(value, LOCATION) && NAME.is(Reflect.get(Object(value), "redirectTo"))),
};

/** The parts of a request that a one-time token needs. */
export interface OnceRequest {
  /** The session. */
  readonly session: Promise<Session>;
  /** Calls a function before the session is committed. */
  addResponseCallback(callback: (request: unknown, response: Response) => Promise<void>): void;
}

/** Used tokens that a session keeps. Each takes about 20 bytes of a cookie. */
const MOST_KEPT = 20;
/** A token of `onceField()` has 16 characters. */
const LONGEST_TOKEN = 64;

/**
 * Reads the token of a form.
 *
 * @param sent The fields. The token is removed from them.
 * @throws {HttpBadRequest} If the form has no token.
 */
export function takeToken(sent: SentFields): string {
  const token = sent.get(ONCE_FIELD)?.at(-1);
  sent.delete(ONCE_FIELD);
  if (typeof token === "string" && token !== "" && token.length <= LONGEST_TOKEN) return token;
  const refusal = new HttpBadRequest(
    "The form was sent without its one-time token. Load the page again and send it once more.",
  );
  refusal.message = `Field ${ONCE_FIELD} is missing: put onceField(session) into the form`;
  throw refusal;
}

/**
 * Notes that the token is used, unless it was used before.
 *
 * In a store the first of two requests at the same time wins. In cookies both can win, because each
 * of them comes with the same cookie. If the status of the answer is 400 or more, then the token can be
 * used again, because the form was not accepted.
 *
 * @param token The token.
 * @param request The request.
 * @param once What the visitor gets who sends the form again.
 * @throws {HttpConflict} If the token was used before, and no location is given.
 * @throws {HttpRedirection} If the token was used before, and a location is given.
 */
export async function useToken(
  token: string,
  request: OnceRequest,
  once: true | OnceOptions,
): Promise<void> {
  const session = await request.session;
  let isFirst = false;
  await changeTokens(session, (used) => {
    isFirst = !used.includes(token);
    return isFirst ? [...used, token].slice(-MOST_KEPT) : used;
  });
  if (!isFirst) {
    if (once !== true) throw redirect(once.redirectTo, { status: 303 });
    throw new HttpConflict("This form was sent before. Load the page again to send another one.");
  }
  request.addResponseCallback(async (_request, { status }) => {
    if (status < 400) return;
    // A store that is down has logged it. Then the token stays used.
    await changeTokens(session, (used) => used.filter((one) => one !== token)).catch(() => {});
  });
}

async function changeTokens(
  session: Session,
  change: (used: readonly string[]) => readonly string[],
): Promise<void> {
  if (sessionState(session).record.modify === undefined) {
    // A queue of messages has no schema, which could drop a key that it does not know.
    const used = session.peekFlash<unknown>(ONCE_KEY).filter(isText);
    const next = change(used);
    if (next === used) return;
    session.popFlash(ONCE_KEY);
    for (const token of next) session.flash(token, ONCE_KEY);
    return;
  }
  let wanted: readonly string[] = [];
  const kept = await session.modify(ONCE_KEY, (used) => wanted = change(textsOf(used)));
  if (wanted.every((token) => textsOf(kept).includes(token))) return;
  throw new TypeError(
    `Cannot note that a form was sent: the schema of the session drops the key "${ONCE_KEY}": add it as an optional list of strings`,
  );
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter(isText) : [];
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
