/**
 * What can be shown of a request's session: the names of what it holds, and how large that is.
 *
 * @module
 */

import { type Session, sessionState } from "../../session.ts";
import { requestState, type ViewRequest } from "../views/request.ts";

/** What is shown of a session, in lines: what, and what of it. */
export type SessionFacts = readonly (readonly [what: string, value: string])[];

/**
 * What is shown of a request's session. It is not touched: nothing is loaded that nobody asked for,
 * and nothing counts as changed.
 */
export function sessionFacts<Data extends object>(request: ViewRequest<Data>): SessionFacts {
  const { session, loaded } = requestState(request);
  if (session === undefined) return [["state", "not used in this request"]];
  if (loaded === undefined) return [["state", "requested, but not loaded"]];
  return loadedFacts(loaded);
}

function loadedFacts<Data extends object>(session: Session<Data>): SessionFacts {
  const { record } = sessionState(session);
  const flash = [...record.flash].map(([queue, messages]) =>
    [`flash ${queue === "" ? "(default)" : queue}`, count(messages.length, "message")] as const
  );
  const keys = [...record.values].map(([key, value]) => [key, sizeOf(key, value)] as const);
  return [
    ["state", session.isNew ? "new" : "loaded"],
    ["created", timeOf(session.created)],
    ["user", session.userId === undefined ? "not signed in by bindTo()" : "signed in by bindTo()"],
    ["CSRF token", session.hasCsrfToken ? "made" : "none"],
    ...flash,
    ...keys.map(([key, size]) => [`key ${key}`, size] as const),
  ];
}

function sizeOf(key: string, value: unknown): string {
  try {
    const text = JSON.stringify(key) + (JSON.stringify(value) ?? "");
    return count(new TextEncoder().encode(text).length, "byte");
  } catch {
    return "size unknown, because JSON cannot write the value";
  }
}

function count(number: number, what: string): string {
  return `${number.toLocaleString("en")} ${what}${number === 1 ? "" : "s"}`;
}

function timeOf(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? String(milliseconds) : date.toISOString();
}
