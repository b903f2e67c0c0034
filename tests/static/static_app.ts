/**
 * An app of one static view.
 *
 * @module
 */

import { type App, Configurator } from "@pyramidion/pyramidion";
import { staticView, type StaticViewOptions } from "@pyramidion/pyramidion/static";
import type { TempFolder } from "./temp_folder.ts";

/** Serves a folder under `/static`. */
export function staticApp(folder: TempFolder, options: StaticViewOptions = {}): App {
  const config = new Configurator();
  config.include(staticView("/static", folder.path, options));
  return config.makeApp();
}

/** Asks an app for a path under `/static/`. */
export async function ask(
  app: App,
  path: string,
  headers: Record<string, string> = {},
  method = "GET",
): Promise<Response> {
  return await app.fetch(new Request(`https://app.test/static/${path}`, { headers, method }));
}

/** Status and some headers of a response, whose body is read to its end. */
export async function summary(
  response: Response,
  ...names: readonly string[]
): Promise<readonly unknown[]> {
  const headers = names.map((name) => response.headers.get(name));
  return [response.status, ...headers, await response.text()];
}
