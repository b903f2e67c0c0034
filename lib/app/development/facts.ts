/**
 * What the page of development mode shows.
 *
 * @module
 */

import { type Session, sessionState } from "../../../session.ts";
import { HttpError, HttpInternalServerError } from "../../http/errors.ts";
import { requestState, type ViewRequest } from "../../views/request.ts";
import type { AppReport, Explanation } from "../report.ts";
import { type ErrorFacts, errorFacts } from "./error_facts.ts";
import { type Masking, maskingOf } from "./masking.ts";

/** What is shown. */
export interface DevelopmentFacts {
  /** What the visitor's status is, with its headers. */
  readonly answer: HttpError;
  /** What was thrown, then what led to it. */
  readonly errors: readonly ErrorFacts[];
  /** The request. */
  readonly request: RequestFacts;
  /** The route that had matched; `null` for none. */
  readonly route: RouteFacts | null;
  /** Who answers such a request, and why the others do not; text where that cannot be told. */
  readonly explanation: Explanation | string;
  /** The session. */
  readonly session: SessionFacts;
}

/** What is shown of the route. */
export interface RouteFacts {
  /** Its name. */
  readonly name: string;
  /** Its pattern. */
  readonly pattern: string;
  /** What the pattern captured. */
  readonly matchdict: readonly (readonly [name: string, value: string])[];
}

/** What the facts are drawn from, besides the request. */
export interface FactSources<Data extends object> {
  /** Says who would answer a request. */
  readonly explain: AppReport<Data>["explain"];
  /** What was being answered when the error was thrown. */
  readonly first: unknown;
}

/** Collects what is shown; the request is afterwards as it was. */
export async function developmentFacts<Data extends object>(
  error: unknown,
  request: ViewRequest<Data>,
  { explain, first }: FactSources<Data>,
): Promise<DevelopmentFacts> {
  const isAnswer = error instanceof HttpError && first === undefined;
  const isMatched = request.matchedRoute !== undefined;
  const masking = maskingOf(request.raw.url, isMatched ? request.matchdict : {});
  const errors = await errorFacts(error, { first, view: requestState(request).view });
  const explanation = await explained(request, explain);
  return {
    answer: isAnswer ? error : new HttpInternalServerError(),
    errors: errors.map((facts) => withoutSecrets(facts, masking)),
    request: requestFacts(request.raw, masking),
    route: routeFacts(request, masking),
    session: sessionFacts(request),
    explanation: typeof explanation === "string" ? masking.prose(explanation) : explanation,
  };
}

/** Messages often name the URL of the request. */
function withoutSecrets(facts: ErrorFacts, { prose }: Masking): ErrorFacts {
  return {
    ...facts,
    name: prose(facts.name),
    message: prose(facts.message),
    frames: facts.frames.map((frame) => ({ ...frame, text: prose(frame.text) })),
  };
}

function routeFacts<Data extends object>(
  request: ViewRequest<Data>,
  masking: Masking,
): RouteFacts | null {
  const route = request.matchedRoute;
  if (route === undefined) return null;
  const matchdict = Object.entries(request.matchdict).map(([name, value]) =>
    [name, value === undefined ? "(nothing)" : masking.captured(name, value)] as const
  );
  return { name: route.name, pattern: route.pattern, matchdict };
}

async function explained<Data extends object>(
  request: ViewRequest<Data>,
  explain: AppReport<Data>["explain"],
): Promise<Explanation | string> {
  const state = requestState(request);
  const { match, session, loaded, context } = state;
  try {
    return await explain(request);
  } catch (error) {
    return error instanceof Error
      ? `${error.name}: ${error.message}`
      : "What was thrown is not an Error";
  } finally {
    // A predicate or factory may have asked for what nobody had asked for before.
    Object.assign(state, { match, session, loaded, context });
  }
}

/** What is shown of a request. */
export interface RequestFacts {
  /** The method. */
  readonly method: string;
  /** The URL as it came, masked where it is secret. */
  readonly url: string;
  /** The headers, masked where they are secret. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/**
 * What is shown of a request.
 *
 * @param request The request as it came.
 * @param masking Hides its secrets.
 */
export function requestFacts(request: Request, masking: Masking): RequestFacts {
  return {
    method: request.method,
    url: masking.url(request.url),
    headers: [...request.headers].map(([name, value]) =>
      [name, masking.header(name, value)] as const
    ),
  };
}

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
