/**
 * An implementation of OpenTelemetry that is registered for the time of a test.
 *
 * @module
 */

const API = Symbol.for("opentelemetry.js.api.1");

/** A span that keeps what is written to it. */
export class FakeSpan {
  /** The attributes. */
  readonly attributes: Record<string, unknown> = {};
  /** The exceptions. */
  readonly exceptions: unknown[] = [];
  /** The name. */
  name = "GET";
  /** The status. */
  status: unknown;
  readonly #isRecording: boolean;

  /** Makes a span. */
  constructor(isRecording = true) {
    this.#isRecording = isRecording;
  }

  /** Whether it keeps anything. */
  isRecording(): boolean {
    return this.#isRecording;
  }

  /** Keeps an attribute. */
  setAttribute(name: string, value: unknown): void {
    this.attributes[name] = value;
  }

  /** Keeps the name. */
  updateName(name: string): void {
    this.name = name;
  }

  /** Keeps an exception. */
  recordException(exception: unknown): void {
    this.exceptions.push(exception);
  }

  /** Keeps the status. */
  setStatus(status: unknown): void {
    this.status = status;
  }
}

/** Runs something while a span is active, or while something else is registered. */
export function withApi<T>(given: unknown, run: () => T): T {
  const key = Symbol.for("OpenTelemetry Context Key SPAN");
  const context = {
    active: () => ({ getValue: (asked: symbol) => asked === key ? given : undefined }),
  };
  const before = Object.getOwnPropertyDescriptor(globalThis, API);
  const value = given instanceof FakeSpan ? { version: "1.9.0", context } : given;
  Object.defineProperty(globalThis, API, { value, configurable: true, writable: true });
  const restore = () => {
    Reflect.deleteProperty(globalThis, API);
    if (before !== undefined) Object.defineProperty(globalThis, API, before);
  };
  let result: T;
  try {
    result = run();
  } catch (error) {
    restore();
    throw error;
  }
  if (result instanceof Promise) return result.finally(restore) as T;
  restore();
  return result;
}
