/**
 * The active span of OpenTelemetry, if an implementation of its API is registered.
 *
 * The API is found by the names under which every copy of `@opentelemetry/api` 1.x finds it, and
 * under which Deno registers its own. So there is no dependency.
 *
 * @module
 */

/** What is used of a span. */
export interface ActiveSpan {
  /** Whether what is noted is kept. */
  isRecording(): boolean;
  /** Notes an attribute. A later value of a name replaces an earlier one. */
  setAttribute(name: string, value: string | number): unknown;
  /** Replaces the name. */
  updateName(name: string): unknown;
  /** Notes the event `exception`. */
  recordException(exception: Error | string): unknown;
  /** Notes whether the operation failed. */
  setStatus(status: { readonly code: number; readonly message?: string }): unknown;
}

const API = Symbol.for("opentelemetry.js.api.1");
const SPAN_KEY = Symbol.for("OpenTelemetry Context Key SPAN");

/** The active span. It is undefined without an API, without a span, and if it is not kept. */
export function activeSpan(): ActiveSpan | undefined {
  const context = member(Reflect.get(globalThis, API), "context");
  if (!hasFunctions(context, ["active"])) return undefined;
  const active = context.active();
  if (!hasFunctions(active, ["getValue"])) return undefined;
  const span = active.getValue(SPAN_KEY);
  if (!isSpan(span)) return undefined;
  return span.isRecording() === true ? span : undefined;
}

/** Deno's implementation is a class with static methods, and that of others is an object. */
function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null || typeof value === "function";
}

function member(value: unknown, name: string): unknown {
  return isObject(value) ? Reflect.get(value, name) : undefined;
}

function hasFunctions<Name extends string>(
  value: unknown,
  names: readonly Name[],
): value is Readonly<Record<Name, (...args: unknown[]) => unknown>> {
  return names.every((name) => typeof member(value, name) === "function");
}

function isSpan(value: unknown): value is ActiveSpan {
  return hasFunctions(value, [
    "isRecording",
    "setAttribute",
    "updateName",
    "recordException",
    "setStatus",
  ]);
}
