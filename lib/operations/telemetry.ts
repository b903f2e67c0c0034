/**
 * Describes each request on the active span of OpenTelemetry.
 *
 * ```ts
 * import { Configurator, html } from "@pyramidion/pyramidion";
 * import { telemetry } from "@pyramidion/pyramidion/telemetry";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * // Run it with OTEL_DENO=true. Without an implementation of OpenTelemetry it does nothing.
 * const app = new Configurator()
 *   .include(telemetry())
 *   .addRoute("user", "/users/:id", { view: () => html`Ada` })
 *   .makeApp();
 * assertEquals((await app.fetch(new Request("https://app.test/users/7"))).status, 200);
 * ```
 *
 * @module
 */

import type { Configurator } from "../../configurator.ts";
import { ResponseReady } from "../app/events.ts";
import { isInstanceOf } from "../promises.ts";
import { printable } from "../printable.ts";
import { type ActiveSpan, activeSpan } from "./active_span.ts";

/** A function for `config.include()`. */
export type TelemetryInclude = <Data extends object, Added extends object>(
  config: Configurator<Data, Added>,
) => void;

/** The status of a span whose operation failed. */
const ERROR = 2;

/** The methods that a span names. Any other is `HTTP`, so that visitors cannot make new names. */
const METHODS: ReadonlySet<string> = new Set([
  "CONNECT",
  "DELETE",
  "GET",
  "HEAD",
  "OPTIONS",
  "PATCH",
  "POST",
  "PUT",
  "TRACE",
]);

/**
 * Describes each request on the active span of OpenTelemetry.
 *
 * With `OTEL_DENO=true`, `Deno.serve` and `deno serve` make a span for each request. On other
 * runtimes the span is that of the implementation that is registered with `@opentelemetry/api` 1.x.
 *
 * | on the span                                          | what it says                                    |
 * | ---------------------------------------------------- | ----------------------------------------------- |
 * | its name                                             | `GET /users/:id`                                |
 * | `http.route`                                         | the pattern of the route, with the mount prefix |
 * | event `exception`, status                             | the error of a response from 500 on             |
 * | `pyramidion.view`                                    | the view that answered                          |
 * | `pyramidion.session`, `pyramidion.session.rejected`  | what became of the session                      |
 * | `pyramidion.request.id`                              | `request.id`                                    |
 *
 * Deno itself sends `url.full` and `url.query` with all values. Remove them in your collector if a
 * query can carry secrets.
 *
 * Without an active span it does nothing. A request then costs about 2 µs more. Source: OpenTelemetry,
 * semantic conventions for HTTP spans.
 *
 * @returns A function for `config.include()`.
 */
export function telemetry(): TelemetryInclude {
  return <Data extends object, Added extends object>(config: Configurator<Data, Added>): void => {
    config.addSubscriber(ResponseReady, (ready) => {
      const span = activeSpan();
      if (span !== undefined) describe(span, ready);
    });
  };
}

function describe(span: ActiveSpan, { request, response, facts }: ResponseReady): void {
  const { method, rejected, requestId, route, session, view } = facts;
  const known = METHODS.has(method) ? method : "HTTP";
  if (route !== null) {
    const whole = request.mountPrefix + route;
    span.setAttribute("http.route", whole);
    span.updateName(`${known} ${whole}`);
  }
  if (view !== null) span.setAttribute("pyramidion.view", view);
  span.setAttribute("pyramidion.session", session);
  if (rejected !== undefined) span.setAttribute("pyramidion.session.rejected", rejected);
  span.setAttribute("pyramidion.request.id", requestId);
  if (response.status >= 500) fail(span, facts.error);
}

/**
 * Notes what failed. From 500 on the fault is the server's. `error.type` is left to the server, because
 * Deno would send it twice.
 */
function fail(span: ActiveSpan, error: unknown): void {
  if (error === undefined) {
    span.setStatus({ code: ERROR });
    return;
  }
  const isError = isInstanceOf(error, Error);
  const message = isError ? error.message : `${typeof error} was thrown, which is no Error`;
  span.recordException(isError ? error : message);
  span.setStatus({ code: ERROR, message: printable(message) });
}
