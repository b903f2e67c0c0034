/**
 * Loads the app that a module exports.
 *
 * @module
 */

import type { CsrfReport, Explanation, RouteReport, ScopeReport } from "../app/report.ts";
import { CommandFailure } from "./command.ts";
import { fileUrl } from "./source_locations.ts";

/** The folder of this program. Its stack frames do not help the author of an app. */
const OWN_FOLDER = new URL(".", import.meta.url).href;

/** The members of an app that the commands use. An older release can have made the app. */
export interface ReportingApp {
  /** The routes, views and tweens of the configuration. */
  readonly report: {
    /** The routes in the order in which they are matched. */
    readonly routes: readonly RouteReport[];
    /** The tweens, outermost first. */
    readonly tweens: readonly string[];
    /** The CSRF checks. The member is missing in release 0.1.0, and undefined without sessions. */
    readonly csrf?: CsrfReport | undefined;
    /** The scoped parts. The member is missing in release 0.1.0. */
    readonly scopes?: readonly ScopeReport[];
  };
  /** Finds the view that answers a request. The method is missing in early releases. */
  explain?(request: Request): Promise<Explanation>;
}

/**
 * Imports a module, and returns the app that is its default export.
 *
 * During the import, the console of the module writes to standard error.
 *
 * @param path A path relative to `folder`, or a URL.
 * @param folder An absolute path.
 * @throws {CommandFailure} If the import fails, or the default export is not an app.
 */
export async function loadApp(path: string, folder: string): Promise<ReportingApp> {
  const url = fileUrl(path, folder).href;
  let namespace: Readonly<Record<string, unknown>>;
  try {
    namespace = await withConsoleOnStderr(() => import(url));
  } catch (cause) {
    throw new CommandFailure(`Cannot import "${path}": ${reasonOf(cause)}`, 1, { cause });
  }
  const app = mountedApp(namespace.default);
  if (isReportingApp(app)) return app;
  throw new CommandFailure(`Cannot find an app in "${path}": ${whyNotAnApp(namespace)}`, 1);
}

async function withConsoleOnStderr<T>(act: () => Promise<T>): Promise<T> {
  // The log of the app must not mix with the table or the JSON.
  const { log, info, debug, error } = console;
  Object.assign(console, { log: error, info: error, debug: error });
  try {
    return await act();
  } finally {
    Object.assign(console, { log, info, debug });
  }
}

/** The app in the result of `mount()`. Any other value is returned unchanged. */
function mountedApp(value: unknown): unknown {
  const isMounted = typeof value === "object" && value !== null && "prefix" in value &&
    "app" in value;
  return isMounted ? mountedApp(value.app) : value;
}

function isReportingApp(value: unknown): value is ReportingApp {
  if (typeof value !== "object" || value === null || !("report" in value)) return false;
  const { report } = value;
  return typeof report === "object" && report !== null && "routes" in report &&
    Array.isArray(report.routes) && "tweens" in report && Array.isArray(report.tweens);
}

function whyNotAnApp(namespace: Readonly<Record<string, unknown>>): string {
  const { default: exported, ...others } = namespace;
  const write = 'write "export default config.makeApp()"';
  if (exported === undefined) {
    const names = Object.keys(others).join(", ");
    return `it has no default export${names === "" ? "" : `, only ${names}`}: ${write}`;
  }
  if (typeof exported === "function") {
    return `its default export is a function: export the app that it makes: ${write}`;
  }
  const isConfigurator = typeof exported === "object" && exported !== null && "makeApp" in exported;
  return isConfigurator
    ? `its default export is a Configurator, which has not made its app: ${write}`
    : `its default export has no report: ${write}`;
}

/** The message of a configuration error. For any other error it adds the stack within the app. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const { name, message, stack = "" } = cause;
  if (name.startsWith("Configuration")) return `${name}: ${message}`;
  const lines = stack.split("\n").filter((line) => !line.includes(OWN_FOLDER));
  return lines.length > 0 ? lines.join("\n") : `${name}: ${message}`;
}
