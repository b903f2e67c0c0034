/**
 * `match`: shows which view answers a request, and why the others do not.
 *
 * @module
 */

import type { Explanation, MatchResult } from "../../app/report.ts";
import { HttpException, phraseOf } from "../../http/errors.ts";
import { printable } from "../../printable.ts";
import { isOfLibrary } from "../../source_location.ts";
import { loadApp } from "../app_module.ts";
import { type Command, CommandFailure, JSON_OPTION, jsonOr } from "../command.ts";
import type { CommandEnvironment } from "../environment.ts";
import { relativeLocation } from "../source_locations.ts";
import { emphasis } from "../table.ts";
import { viewText } from "./routes.ts";

/** The command. */
export const match: Command = {
  name: "match",
  summary: "Shows which view answers a request, and why the others do not",
  positionals: [
    { name: "app module" },
    { name: "method", isOptional: true },
    {
      name: "path",
      help: "begins with a slash, or is a URL. The default method is GET",
    },
  ],
  options: {
    header: { value: '"name: value"', help: "sends a header; can be repeated" },
    json: JSON_OPTION,
  },
  notes: ["The exit code is 1 if no view answers."],
  async run(args, environment) {
    const [path = "", ...target] = args.positionals;
    const request = requestOf(target, args.options.get("header") ?? []);
    const app = await loadApp(path, environment.folder);
    if (app.explain === undefined) {
      throw new CommandFailure(
        `Cannot match a request in "${path}": its app has no explain(): use a newer release of Pyramidion in the app`,
        1,
      );
    }
    const explanation = await app.explain(request).catch(refuseUnexplained);
    const { route, ...others } = explanation;
    return {
      code: isAnswered(explanation) ? 0 : 1,
      stdout: jsonOr(
        args,
        { ...others, route: route?.name ?? null },
        () => matchText(request, explanation, environment),
      ),
    };
  },
};

/**
 * Turns an error of the app, or a rejected URL, into a failure. An error of the library stays a
 * bug.
 */
async function refuseUnexplained(error: unknown): Promise<never> {
  if (!(error instanceof HttpException) && await isThrownByLibrary(error)) throw error;
  const reason = error instanceof HttpException
    ? `${error.status} ${error.title}: ${error.message}`
    : error instanceof Error
    ? `${error.name}: ${error.message}`
    : String(error);
  throw new CommandFailure(
    `Cannot match the request: the app answers before it matches a route: ${reason}`,
    1,
    { cause: error },
  );
}

/** Whether code of this library threw the error. */
async function isThrownByLibrary(error: unknown): Promise<boolean> {
  if (!(error instanceof Error)) return false;
  const { stackFrames } = await import("../../app/development/stack.ts");
  const [first] = stackFrames(error.stack ?? "", error.message);
  return first !== undefined && first.at !== null && isOfLibrary(first.at.url);
}

/** The origin of a request for which only a path is given. */
const ORIGIN = "http://localhost";

/**
 * Makes the request that the arguments describe.
 *
 * @param target `GET /path`, or `/path` alone. A URL can replace the path.
 * @param headers Headers such as `accept: text/html`.
 * @throws {CommandFailure} If the arguments are not a valid request.
 */
export function requestOf(target: readonly string[], headers: readonly string[]): Request {
  const [method, path] = target.length === 1 ? ["GET", target[0]] : target;
  if (method === undefined || path === undefined || target.length > 2) {
    throw new CommandFailure(
      "Cannot make the request: it needs a method and a path: write GET /path",
      2,
    );
  }
  if (!/^(?:\/|https?:\/\/)/.test(path)) {
    throw new CommandFailure(
      `Cannot request "${path}": must begin with a slash, or be an http URL`,
      2,
    );
  }
  const fields = headers.map(headerOf);
  try {
    const url = path.startsWith("/") ? ORIGIN + path : path;
    return new Request(url, { method: method.toUpperCase(), headers: fields });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CommandFailure(`Cannot request "${path}" with method "${method}": ${reason}`, 2, {
      cause,
    });
  }
}

function headerOf(header: string): [name: string, value: string] {
  const colon = header.indexOf(":");
  if (colon > 0) return [header.slice(0, colon).trim(), header.slice(colon + 1).trim()];
  throw new CommandFailure(
    `Cannot send header "${header}": write a name, a colon and a value: "accept: text/html"`,
    2,
  );
}

/** Whether a view answers. */
export function isAnswered({ views, status }: Explanation): boolean {
  // Release 0.1.0 reports no status.
  return (status ?? null) === null && views.at(-1)?.answers === true;
}

/** The response to a request that no view answers: `404 Not Found`, or 405 and its `Allow`. */
export function refusalText({ allow, status }: Pick<Explanation, "allow" | "status">): string {
  const actual = status ?? (allow.length === 0 ? 404 : 405);
  const text = `${actual} ${phraseOf(actual)}`;
  return allow.length === 0 ? text : `${text}, Allow: ${allow.map(printable).join(", ")}`;
}

/**
 * Writes which view answers a request, and why the others do not.
 *
 * @param request The request.
 * @param explanation The app's explanation.
 * @param environment The style of the terminal, and the folder.
 */
export function matchText(
  request: Request,
  explanation: Explanation,
  { folder, isColoured }: Pick<CommandEnvironment, "folder" | "isColoured">,
): string {
  const { strong } = emphasis(isColoured);
  const location = (text: string) => printable(relativeLocation(text, folder));
  const { pathname, search } = new URL(request.url);
  const { routes, route, views, scope } = explanation;
  const lines = [strong(printable(`${request.method} ${pathname}${search}`)), ""];
  if (routes.length === 0) lines.push("No route has a pattern that matches this path.");
  for (const verdict of routes) {
    lines.push(`route ${printable(verdict.name)}: ${verdictText(verdict, "taken", "passed over")}`);
  }
  if (route !== null && views.length === 0) lines.push("  It has no view.");
  for (const verdict of views) {
    lines.push(
      `  ${viewText(verdict.name, location)}: ${
        verdictText(verdict, "answers", "does not answer")
      }`,
    );
  }
  if (scope) lines.push(`The rules of the scoped part ${printable(scope)} hold.`);
  const answering = viewText(views.at(-1)?.name ?? "", location).replace(/^view (?!at )/, "");
  const answer = isAnswered(explanation)
    ? `Answered by ${answering} of route ${printable(route?.name ?? "")}`
    : refusalText(explanation);
  return [...lines, "", strong(answer), ""].join("\n");
}

function verdictText({ answers, because }: MatchResult, yes: string, no: string): string {
  return answers ? yes : `${no}, because it needs ${printable(because)}`;
}
