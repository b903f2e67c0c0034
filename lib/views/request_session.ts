/**
 * The session of a request: who gets it, and how it is loaded.
 *
 * @module
 */

import { describe } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import type { HttpError } from "../http/errors.ts";
import { isThenable, quiet } from "../promises.ts";
import { Session, type SessionRequest, sessionState } from "../../session.ts";
import type { RequestState } from "./request_state.ts";

/**
 * Loads the session of a request, which nobody asked for before, unless the guard refuses it.
 *
 * @param request The request, for the guard and the session factory.
 * @param state What happens to it.
 * @throws {ConfigurationError} If the app has no session factory.
 */
export function askForSession<Data extends object, ViewRequest extends SessionRequest>(
  request: ViewRequest,
  state: RequestState<Data, ViewRequest>,
): Promise<Session<Data>> {
  if (!state.isCsrfExempt) {
    let refusal: HttpError | null;
    try {
      refusal = refusalOf(request, state);
    } catch (error) {
      return quiet(Promise.reject(error));
    }
    // The app's own page for the refusal works with an empty session, which is never committed.
    if (refusal !== null && state.exception !== undefined) {
      return state.emptySession ??= Promise.resolve(new Session<Data>());
    }
    // Not kept: an exempt view may still be to come.
    if (refusal !== null) return quiet(Promise.reject(refusal));
  }
  return state.session = load(request, state);
}

/** Closes the session of a request: whoever asks for it from now on can only read. */
export function closeSession<Data extends object, ViewRequest>(
  state: RequestState<Data, ViewRequest>,
): void {
  state.isClosed = true;
  // One that was not committed would take writes that nobody reads.
  if (state.loaded !== undefined) readOnly(state.loaded);
  else state.session?.then(readOnly, () => {});
}

/** Found out once, since it is logged. */
function refusalOf<Data extends object, ViewRequest>(
  request: ViewRequest,
  state: RequestState<Data, ViewRequest>,
): HttpError | null {
  const { sessionGuard } = state.environment;
  if (sessionGuard === undefined) return null;
  return state.refused ??= sessionGuard.refusal(request);
}

function load<Data extends object, ViewRequest extends SessionRequest>(
  request: ViewRequest,
  state: RequestState<Data, ViewRequest>,
): Promise<Session<Data>> {
  const { sessionFactory } = state.environment;
  if (sessionFactory === undefined) {
    throw new ConfigurationError(
      `Cannot load the session for ${state.view}: the app has no session factory; call config.setSessionFactory()`,
    );
  }
  const loaded = sessionFactory.load(request);
  if (loaded instanceof Promise) return quiet(loaded.then((session) => keep(session, state)));
  if (isThenable(loaded)) {
    return quiet(Promise.resolve(loaded).then((session: unknown) => keep(session, state)));
  }
  // Loaded at once, as from a cookie that is remembered.
  return Promise.resolve(keep(loaded, state));
}

function keep<Data extends object, ViewRequest>(
  session: unknown,
  state: RequestState<Data, ViewRequest>,
): Session<Data> {
  if (!isSession<Data>(session)) {
    throw new TypeError(
      `Cannot use what load() of the session factory gave: must be a Session, not ${
        describe(session)
      }`,
    );
  }
  state.loaded = session;
  return state.isClosed ? readOnly(session) : session;
}

function isSession<Data extends object>(value: unknown): value is Session<Data> {
  return value instanceof Session;
}

function readOnly<Data extends object>(session: Session<Data>): Session<Data> {
  sessionState(session).close();
  return session;
}
