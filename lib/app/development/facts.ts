/**
 * What the page of development mode shows.
 *
 * @module
 */

import { type Session, sessionState } from "../../../session.ts";
import { HttpError, HttpInternalServerError } from "../../http/errors.ts";
import type { StateOf, ViewRequest } from "../../views/request.ts";
import type { AppReport, Explanation } from "../report.ts";
import { type Masking, maskingOf } from "./masking.ts";
import { sourceExcerpt, type SourceLine, type StackFrame, stackFrames } from "./stack.ts";

/** What is shown. */
export interface DevelopmentFacts {
  /** What the visitor's status is, with its headers. */
  readonly answer: HttpError;
  /** What was thrown, then what led to it. */
  readonly errors: readonly ErrorFacts[];
  /** The request. */
  readonly request: RequestFacts;
  /** The route that matched, or `null` if no route matched. */
  readonly route: RouteFacts | null;
  /**
   * Which view answers such a request, and why the others do not. It is a text if the explanation
   * failed.
   */
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

/** Collects what is shown. The state of the request is then the same as before. */
export async function developmentFacts<Data extends object>(
  error: unknown,
  request: ViewRequest<Data>,
  state: StateOf<Data>,
  { explain, first }: FactSources<Data>,
): Promise<DevelopmentFacts> {
  const isAnswer = error instanceof HttpError && first === undefined;
  const isMatched = request.matchedRoute !== undefined;
  const masking = maskingOf(request.raw.url, isMatched ? request.matchdict : {});
  const errors = await errorFacts(error, { first, view: state.view });
  const explanation = await explained(request, state, explain);
  return {
    answer: isAnswer ? error : new HttpInternalServerError(),
    errors: errors.map((facts) => withoutSecrets(facts, masking)),
    request: requestFacts(request.raw, masking),
    route: routeFacts(request, masking),
    session: sessionFacts(state),
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
  state: StateOf<Data>,
  explain: AppReport<Data>["explain"],
): Promise<Explanation | string> {
  const { match, session, loaded, context, environment } = state;
  try {
    return await explain(request);
  } catch (error) {
    return error instanceof Error
      ? `${error.name}: ${error.message}`
      : "What was thrown is not an Error";
  } finally {
    // A predicate or factory may have loaded what the request did not use before.
    Object.assign(state, { match, session, loaded, context, environment });
  }
}

/** What is shown of a request. */
export interface RequestFacts {
  /** The method. */
  readonly method: string;
  /** The URL of the platform's request, with its secrets masked. */
  readonly url: string;
  /** The headers, with their secrets masked. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/**
 * What is shown of a request.
 *
 * @param request The request of the platform.
 * @param masking Hides its secrets.
 */
function requestFacts(request: Request, masking: Masking): RequestFacts {
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
 * What is shown of a request's session. It does not load the session, and does not mark it as
 * changed.
 */
function sessionFacts<Data extends object>(
  { session, loaded }: StateOf<Data>,
): SessionFacts {
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

/** One of the errors. */
export interface ErrorFacts {
  /**
   * How it is related to the error before it, such as `Caused by`. It is empty for the first error.
   */
  readonly relation: string;
  /** Its name. For a value that is not an error, a description of the value. */
  readonly name: string;
  /** Its message. */
  readonly message: string;
  /** Its stack, which is empty if the error has no stack. */
  readonly frames: readonly StackFrame[];
  /** The lines round the first frame of the app. */
  readonly source: readonly SourceLine[];
}

const ANSWERED = "Original error";

/** What is known of an error besides itself. */
interface ErrorCircumstances {
  /** What was being answered when it was thrown. */
  readonly first?: unknown;
  /** The last view, because a value that is not an error does not record where it was thrown. */
  readonly view: { toString(): string };
}

/** Errors that are shown, so that a chain comes to an end. */
const MOST = 10;

/**
 * What was thrown, then its causes and what it is made of.
 *
 * @param error What was thrown.
 * @param circumstances What is known besides.
 */
async function errorFacts(
  error: unknown,
  { first, view }: ErrorCircumstances,
): Promise<ErrorFacts[]> {
  const chain: { relation: string; error: unknown }[] = [];
  const seen = new Set<unknown>();
  const add = (relation: string, error: unknown): void => {
    if (chain.length === MOST || seen.has(error)) return;
    seen.add(error);
    chain.push({ relation, error });
    if (!(error instanceof Error)) return;
    if (error instanceof AggregateError && Array.isArray(error.errors)) {
      for (const one of error.errors) add("One of several errors", one);
    }
    if (error.cause !== undefined) add("Caused by", error.cause);
  };
  add("", error);
  if (first !== undefined) add(ANSWERED, first);
  return await Promise.all(chain.map(({ relation, error }) => factsOf(relation, error, view)));
}

async function factsOf(
  relation: string,
  error: unknown,
  view: ErrorCircumstances["view"],
): Promise<ErrorFacts> {
  if (!(error instanceof Error)) {
    // A cause, or one of several errors, may come from other code than the view.
    const isOfRequest = relation === "" || relation === ANSWERED;
    const advice =
      `\nThe last view was: ${view}. Throw an Error instead, because an Error records its line.`;
    const message = inspected(error) + (isOfRequest ? advice : "");
    return { relation, name: "Thrown value that is not an Error", message, frames: [], source: [] };
  }
  const name = textOf(() => error.name, "Error");
  const message = textOf(() => error.message, "(its message cannot be read)");
  const frames = stackFrames(textOf(() => error.stack, ""), message);
  const own = frames.find(({ isOwn }) => isOwn)?.at ?? null;
  const source = own === null ? [] : await sourceExcerpt(own);
  return { relation, name, message, frames, source };
}

/**
 * Reads a text by a getter of the app. The getter may throw, because an app may throw any value,
 * also a proxy.
 */
function textOf(read: () => unknown, otherwise: string): string {
  try {
    const text = read();
    return typeof text === "string" ? text : otherwise;
  } catch {
    return otherwise;
  }
}

function inspected(value: unknown): string {
  return textOf(
    () => Deno.inspect(value, { depth: 3, colors: false, strAbbreviateSize: 500 }),
    "(the value cannot be read)",
  );
}
