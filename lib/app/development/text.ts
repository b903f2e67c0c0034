/**
 * The texts of the page of development mode, both for HTML and for text. It also writes the page as
 * text, for terminals and tests.
 *
 * @module
 */

import { printable, printableLines } from "../../printable.ts";
import type { MatchResult } from "../report.ts";
import type { DevelopmentFacts, ErrorFacts } from "./facts.ts";
import type { StackFrame } from "./stack.ts";

/** The text at the head of the page. */
export const MODE = "Pyramidion development mode";

/** The warning that visitors must not see this page. */
export const NOTICE =
  "This page shows source code, the request and the session. Visitors must not see it. Remove the option development: true before you deploy.";

/** What heads the routes and views, and why each of them answers or not. */
export const TRIED = "Routes and views tried";

/** The text in place of a route if no route matched. */
export const NO_ROUTE = "No route matched this request.";

/** The message of an error. It is empty if it only repeats the status. */
export function messageOf({ message }: ErrorFacts, { answer }: DevelopmentFacts): string {
  return message === `${answer.status} ${answer.title}` ? "" : message;
}

/** The verdict on a route or a view. */
export interface Said {
  /** `part`, `route` or `view`. */
  readonly kind: "part" | "route" | "view";
  /** Its name. */
  readonly name: string;
  /** Whether it answers, and why not. */
  readonly verdict: string;
}

/** Which route and view answer such a request, and why the others do not, in order. */
export function explanationSaid({ explanation }: DevelopmentFacts): Said[] | string {
  if (typeof explanation === "string") return `Pyramidion could not try them: ${explanation}`;
  const { routes, route, views, scope } = explanation;
  if (routes.length === 0) {
    const part = scope === null ? "" : ` The rules of the scoped part ${scope} hold here.`;
    return `No route has a pattern that matches this path. Check the patterns of your addRoute() calls.${part}`;
  }
  const part: Said[] = scope === null
    ? []
    : [{ kind: "part", name: scope, verdict: "is the scoped part whose rules hold" }];
  const said: Said[] = [
    ...part,
    ...routes.map((verdict): Said => ({
      kind: "route",
      name: verdict.name,
      verdict: verdictText(verdict, "matches", "does not match"),
    })),
  ];
  if (route !== null && views.length === 0) {
    return [...said, { kind: "view", name: "(none)", verdict: "the route has no view" }];
  }
  return [
    ...said,
    ...views.map((verdict) => ({
      kind: "view" as const,
      name: verdict.name.replace(/^view /, "").replace("at file://", "at "),
      verdict: verdictText(verdict, "answers", "does not answer"),
    })),
  ];
}

function verdictText({ answers, because }: MatchResult, yes: string, no: string): string {
  return answers ? yes : `${no}: it requires ${because}`;
}

/** The frames of the app, which show where the error happened. */
export function ownFrames({ frames }: ErrorFacts): StackFrame[] {
  return frames.filter(({ isOwn }) => isOwn);
}

/**
 * Whether Pyramidion found no view. The tried routes and views are then more useful than the stack.
 */
export function isUnanswered({ answer, errors: [thrown] }: DevelopmentFacts): boolean {
  return [404, 405, 406].includes(answer.status) && thrown?.frames[0]?.isOwn !== true;
}

/** A frame with a path instead of a URL. */
export function frameText({ text }: StackFrame): string {
  return text.replace("file://", "");
}

/** What heads an error: `Caused by TypeError`. */
export function errorHeading({ relation, name }: ErrorFacts): string {
  return relation === "" ? name : `${relation}: ${name}`;
}

type Pairs = readonly (readonly [what: string, value: string])[];

/** Writes the facts as text. It escapes what a terminal would interpret as a command. */
export function developmentText(facts: DevelopmentFacts): string {
  const { answer, errors, request, route, session } = facts;
  const said = explanationSaid(facts);
  const [heading = "", ...details] = errors.flatMap((error) =>
    errorLines(error, messageOf(error, facts))
  );
  const tried = [
    TRIED,
    ...typeof said === "string"
      ? [`  ${printable(said)}`]
      : said.map(({ kind, name, verdict }) => `  ${kind} ${printable(name)} ${printable(verdict)}`),
    "",
  ];
  return [
    `${answer.status} ${answer.title}`,
    "",
    `${MODE}. ${NOTICE}`,
    "",
    heading,
    ...isUnanswered(facts) ? ["", ...tried, ...details.slice(1)] : [...details, ...tried],
    "Matched route",
    ...route === null ? [`  ${NO_ROUTE}`] : pairLines([
      ["name", route.name],
      ["pattern", route.pattern],
      ...route.matchdict,
    ]),
    "",
    "Session",
    ...pairLines(session),
    "",
    "Request",
    `  ${printable(request.method)} ${printable(request.url)}`,
    ...pairLines(request.headers),
    "",
  ].join("\n");
}

function errorLines(error: ErrorFacts, message: string): string[] {
  const own = ownFrames(error).map((frame) => `  ${printable(frameText(frame))}`);
  const others = error.frames.filter(({ isOwn }) => !isOwn)
    .map((frame) => `  ${printable(frameText(frame))}`);
  const source = error.source.map(({ number, text, isIt }) =>
    `  ${isIt ? ">" : " "} ${String(number).padStart(5)} | ${printable(text)}`
  );
  return [
    printable(errorHeading(error)) + (message === "" ? "" : `: ${printableLines(message)}`),
    "",
    ...source.length === 0 ? [] : [...source, ""],
    ...own.length === 0 ? [] : ["In the app", ...own, ""],
    ...others.length === 0 ? [] : ["Outside of the app", ...others, ""],
  ];
}

function pairLines(pairs: Pairs): string[] {
  return pairs.map(([what, value]) => `  ${printable(what)}: ${printable(value)}`);
}
