/**
 * What the page of development mode shows.
 *
 * @module
 */

import { HttpInternalServerError } from "../http/errors.ts";
import { HttpError } from "../http/http_error.ts";
import { requestState, type ViewRequest } from "../views/request.ts";
import { type ErrorFacts, errorFacts } from "./error_facts.ts";
import { type Masking, maskingOf } from "./masking.ts";
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
