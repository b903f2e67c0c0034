/**
 * Asks an app, for tests that need neither a jar nor a clock.
 *
 * @module
 */

import type { App } from "@pyramidion/pyramidion";

/** Where the apps of these tests are. */
export const ORIGIN = "https://app.test";

/**
 * Asks an app of any sessions.
 *
 * @param app The app.
 * @param path Path and query.
 * @param init What else the request says.
 */
export async function ask<Data extends object>(
  app: App<Data>,
  path: string,
  init: RequestInit = {},
): Promise<Response> {
  return await app.fetch(new Request(ORIGIN + path, init));
}

/** The text that an app answers with; of anything but a 200 its status before it. */
export async function textOf<Data extends object>(
  app: App<Data>,
  path: string,
  init: RequestInit = {},
): Promise<string> {
  const response = await ask(app, path, init);
  const text = await response.text();
  return response.status === 200 ? text : `${response.status} ${text}`;
}

/** A form, as a browser sends it. */
export function form(fields: Readonly<Record<string, string>>): RequestInit {
  return { method: "POST", body: new URLSearchParams(fields) };
}
