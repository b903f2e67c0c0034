/**
 * Schemas by hand, requests with a body, and apps of one view that reads it.
 *
 * @module
 */

import {
  Configurator,
  type ConfiguratorOptions,
  type StandardSchema,
  type ViewOptions,
  type ViewRequest,
} from "@pyramidion/pyramidion";
import type { SchemaResult } from "@pyramidion/pyramidion/types";

/** Makes a schema of a function. */
export function schemaOf<Output>(
  validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>,
): StandardSchema<Output> {
  return { "~standard": { version: 1, vendor: "by hand", validate } };
}

/** A schema that accepts all, and gives what it got. */
export const ANYTHING: StandardSchema = schemaOf((value) => ({ value }));

/** A member of what a schema got. */
export function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

/** A form as browsers send one without files. */
export function urlEncoded(body: string): Request {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  return new Request("https://app.test/", { method: "POST", body, headers });
}

/** A form with files. */
export function multipart(...entries: readonly (readonly [name: string, value: string | File])[]) {
  const body = new FormData();
  for (const [name, value] of entries) body.append(name, value);
  return new Request("https://app.test/", { method: "POST", body });
}

/** What one request came to. */
export interface Outcome {
  /** What was read. */
  readonly read: unknown;
  /** What was thrown and answered. */
  readonly thrown: unknown;
  /** What the visitor got. */
  readonly response: Response;
  /** What was logged as an error, with its cause. */
  readonly logged: readonly unknown[];
}

/**
 * Lets a view read a request.
 *
 * @param raw The request.
 * @param read What the view does with it.
 * @param options How the view and the app differ.
 */
export async function outcomeOf(
  raw: Request,
  read: (request: ViewRequest) => unknown,
  options: ViewOptions & { readonly app?: ConfiguratorOptions<Record<string, unknown>> } = {},
): Promise<Outcome> {
  const { app = {}, ...view } = options;
  let result: unknown, thrown: unknown;
  const logged: unknown[] = [];
  const logger = { warn() {}, error: (_text: string, cause?: unknown) => void logged.push(cause) };
  const config = new Configurator({ logger, ...app });
  config.addRoute("form", "/");
  config.addView(async (request) => {
    result = await read(request);
    return new Response("read");
  }, { routeName: "form", requestMethod: raw.method, ...view });
  config.addTween((handler) => async (request) => {
    const response = await handler(request);
    thrown = request.exception;
    return response;
  });
  const response = await config.makeApp().fetch(raw);
  return { read: result, thrown, response, logged };
}
