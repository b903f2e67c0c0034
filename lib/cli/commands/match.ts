/**
 * `match`: who answers a request, and why the others do not.
 *
 * @module
 */

import type { Explanation, Verdict } from "../../app/report.ts";
import { phraseOf } from "../../http/errors.ts";
import { printable } from "../../printable.ts";
import { CommandFailure } from "../command_failure.ts";
import type { Surroundings } from "../environment.ts";
import { relativePlace } from "../relative_place.ts";
import { emphasis } from "../table.ts";
import { viewText } from "./routes.ts";

/** Where a request goes that is told by its path. */
const ORIGIN = "http://localhost";

/**
 * Makes a request of the words of a command line.
 *
 * @param words `GET /path`, or `/path` alone; a URL will do for a path.
 * @param headers Such as `accept: text/html`.
 * @throws {CommandFailure} If they are no request.
 */
export function requestOf(words: readonly string[], headers: readonly string[]): Request {
  const [method, path] = words.length === 1 ? ["GET", words[0]] : words;
  if (method === undefined || path === undefined || words.length > 2) {
    throw new CommandFailure("Cannot tell the request: give a method and a path: GET /path", 2);
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
    throw new CommandFailure(`Cannot request "${path}" by "${method}": ${reason}`, 2, { cause });
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

/** Whether somebody answers. */
export function isAnswered({ views, status }: Explanation): boolean {
  // An app of release 0.1.0 tells no status.
  return (status ?? null) === null && views.at(-1)?.answers === true;
}

/** What a request that nobody answers gets: `404 Not Found`, or 405 and what `Allow` says. */
export function refusalText({ allow, status }: Pick<Explanation, "allow" | "status">): string {
  const told = status ?? (allow.length === 0 ? 404 : 405);
  const text = `${told} ${phraseOf(told)}`;
  return allow.length === 0 ? text : `${text}, Allow: ${allow.map(printable).join(", ")}`;
}

/**
 * Who answers a request, and why the others do not.
 *
 * @param request The request.
 * @param explanation What the app says about it.
 * @param surroundings Whether there are colours, and from which folder places are told.
 */
export function matchText(
  request: Request,
  explanation: Explanation,
  { folder, isColoured }: Pick<Surroundings, "folder" | "isColoured">,
): string {
  const { strong } = emphasis(isColoured);
  const told = (place: string) => printable(relativePlace(place, folder));
  const { pathname, search } = new URL(request.url);
  const { routes, route, views } = explanation;
  const lines = [strong(printable(`${request.method} ${pathname}${search}`)), ""];
  if (routes.length === 0) lines.push("No route has a pattern that matches this path.");
  for (const verdict of routes) {
    lines.push(`route ${printable(verdict.name)}: ${said(verdict, "taken", "passed over")}`);
  }
  if (route !== null && views.length === 0) lines.push("  It has no view.");
  for (const verdict of views) {
    lines.push(`  ${viewText(verdict.name, told)}: ${said(verdict, "answers", "does not answer")}`);
  }
  const answering = viewText(views.at(-1)?.name ?? "", told).replace(/^view (?!at )/, "");
  const answer = isAnswered(explanation)
    ? `Answered by ${answering} of route ${printable(route?.name ?? "")}`
    : refusalText(explanation);
  return [...lines, "", strong(answer), ""].join("\n");
}

function said({ answers, because }: Verdict, yes: string, no: string): string {
  return answers ? yes : `${no}, since it wants ${printable(because)}`;
}
