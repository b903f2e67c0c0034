/**
 * The app that a module exports.
 *
 * @module
 */

import type { CsrfReport, Explanation, RouteReport } from "../app/report.ts";
import { isOfLibrary } from "../source_location.ts";
import { CommandFailure } from "./command_failure.ts";
import { fileUrl } from "./relative_place.ts";

/** Whose stack frames say nothing of the app. */
const OWN_FOLDER = new URL(".", import.meta.url).href;

/** What commands need of an app, whichever release of the library made it. */
export interface ReportingApp {
  /** What the configuration added up to. */
  readonly report: {
    /** The routes in the order in which they are matched. */
    readonly routes: readonly RouteReport[];
    /** The tweens, outermost first. */
    readonly tweens: readonly string[];
    /** How requests are checked; missing in release 0.1.0, undefined without sessions. */
    readonly csrf?: CsrfReport | undefined;
  };
  /** Says who would answer a request. */
  explain?(request: Request): Promise<Explanation>;
}

/**
 * Imports a module and takes the app that it exports by default.
 *
 * What the module writes to the console while it is imported goes to standard error.
 *
 * @param path A path from `folder`, or a URL.
 * @param folder An absolute path.
 * @throws {CommandFailure} If it cannot be imported, or its default export is no app.
 */
export async function loadApp(path: string, folder: string): Promise<ReportingApp> {
  const url = fileUrl(path, folder).href;
  let namespace: Readonly<Record<string, unknown>>;
  try {
    namespace = await withConsoleAside(() => import(url));
  } catch (cause) {
    throw new CommandFailure(`Cannot import "${path}": ${reasonOf(cause)}`, 1, { cause });
  }
  const app = mountedBy(namespace.default);
  if (isReportingApp(app)) return app;
  throw new CommandFailure(`Cannot find an app in "${path}": ${whyNone(namespace)}`, 1);
}

async function withConsoleAside<T>(act: () => Promise<T>): Promise<T> {
  // What the app says about itself is not part of the table, nor of the JSON.
  const { log, info, debug, error } = console;
  Object.assign(console, { log: error, info: error, debug: error });
  try {
    return await act();
  } finally {
    Object.assign(console, { log, info, debug });
  }
}

/** What `mount()` put under a path; anything else as it is. */
function mountedBy(value: unknown): unknown {
  const isMounted = typeof value === "object" && value !== null && "prefix" in value &&
    "app" in value;
  return isMounted ? mountedBy(value.app) : value;
}

function isReportingApp(value: unknown): value is ReportingApp {
  if (typeof value !== "object" || value === null || !("report" in value)) return false;
  const { report } = value;
  return typeof report === "object" && report !== null && "routes" in report &&
    Array.isArray(report.routes) && "tweens" in report && Array.isArray(report.tweens);
}

function whyNone(namespace: Readonly<Record<string, unknown>>): string {
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

/** The message of what the developer must mend in the configuration; of anything else the app's stack too. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const { name, message, stack = "" } = cause;
  if (name.startsWith("Configuration")) return `${name}: ${message}`;
  const lines = stack.split("\n").filter((line) => !line.includes(OWN_FOLDER));
  return lines.length > 0 ? lines.join("\n") : `${name}: ${message}`;
}

/** A file and what is in it. */
export interface LocalModule {
  /** Its URL. */
  readonly url: string;
  /** Its text. */
  readonly source: string;
  /** Whether it is HTML and no program. */
  readonly isHtml: boolean;
}

/** A file that was not read. */
export interface UnreadModule {
  /** Its URL. */
  readonly place: string;
  /** Why it was not read. */
  readonly because: string;
}

/** What was read, and what was not. */
export interface LocalModules {
  /** The files that were read, each once. */
  readonly read: readonly LocalModule[];
  /** The files that should have been. */
  readonly unread: readonly UnreadModule[];
}

const MOST_FILES = 500;
const MOST_BYTES = 1_048_576;

const SOURCE = /\.(?:[jt]sx?|m[jt]s|html)$/i;
/** `import … from "./a.ts"`, `export … from "./a.ts"` and `import "./a.ts"`; not `import("./a.ts")`. */
const IMPORT = /\b(?:from|import)\s*(["'])(\.{1,2}\/[^"'\n]+)\1/g;

/**
 * Reads files, and those that they import by relative paths: 500 at most, and of each 1 MiB at most.
 * Everything else than a file of this machine is left out, and so is this library.
 *
 * @param roots URLs, from which imports are followed.
 * @throws {Deno.errors.NotCapable} If this process may not read them.
 */
export async function localModules(roots: Iterable<string>): Promise<LocalModules> {
  const wanted = new Set<string>();
  const read: LocalModule[] = [];
  const unread: UnreadModule[] = [];
  for (const root of roots) want(wanted, root);
  const first = wanted.size;
  let at = 0;
  // A set gives what is added to it on the way.
  for (const url of wanted) {
    const isRoot = at++ < first;
    if (read.length === MOST_FILES) {
      unread.push({ place: url, because: `more than ${MOST_FILES} files` });
      continue;
    }
    const [source, because] = await textOf(url);
    if (source !== null) {
      const isHtml = /\.html$/i.test(url);
      read.push({ url, source, isHtml });
      for (const [, , path = ""] of isHtml ? [] : source.matchAll(IMPORT)) want(wanted, path, url);
    } else if (isRoot || because !== MISSING) {
      // What looks like an import and leads nowhere is none, since the app was imported.
      unread.push({ place: url, because });
    }
  }
  return { read, unread };
}

const MISSING = "not found";

function want(wanted: Set<string>, specifier: string, base?: string): void {
  const url = URL.parse(specifier, base);
  if (url === null || url.protocol !== "file:" || url.host !== "") return;
  url.search = url.hash = "";
  if (SOURCE.test(url.pathname) && !isOfLibrary(url.href)) wanted.add(url.href);
}

async function textOf(url: string): Promise<[text: string | null, because: string]> {
  try {
    const { isFile, size } = await Deno.stat(new URL(url));
    if (!isFile) return [null, "not a file"];
    if (size > MOST_BYTES) return [null, "larger than 1 MiB"];
    return [await Deno.readTextFile(new URL(url)), ""];
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return [null, error instanceof Deno.errors.NotFound ? MISSING : "cannot be read"];
  }
}
