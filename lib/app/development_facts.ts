/**
 * What the page of development mode shows.
 *
 * @module
 */

import { HttpInternalServerError } from "../http/errors.ts";
import { HttpError } from "../http/http_error.ts";
import { requestState, type ViewRequest } from "../views/request.ts";
import { type ErrorFacts, errorFacts } from "./error_facts.ts";
import type { AppReport, Explanation } from "./report.ts";
import { type RequestFacts, requestFacts } from "./request_facts.ts";
import { type SessionFacts, sessionFacts } from "./session_facts.ts";

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
  return {
    answer: isAnswer ? error : new HttpInternalServerError(),
    errors: await errorFacts(error, { first, view: requestState(request).view }),
    request: requestFacts(request.raw),
    route: routeFacts(request),
    session: sessionFacts(request),
    explanation: await explained(request, explain),
  };
}

function routeFacts<Data extends object>(request: ViewRequest<Data>): RouteFacts | null {
  const route = request.matchedRoute;
  if (route === undefined) return null;
  const matchdict = Object.entries(request.matchdict).map(([name, value]) =>
    [name, value ?? "(nothing)"] as const
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
    return error instanceof Error ? `${error.name}: ${error.message}` : "It cannot be told";
  } finally {
    // A predicate or factory may have asked for what nobody had asked for before.
    Object.assign(state, { match, session, loaded, context });
  }
}
