/**
 * The page of development mode as text, for terminals and tests.
 *
 * @module
 */

import { printable, printableLines } from "../../printable.ts";
import type { ErrorFacts } from "./error_facts.ts";
import type { DevelopmentFacts } from "./facts.ts";
import {
  errorHeading,
  explanationSaid,
  frameText,
  isUnanswered,
  messageOf,
  MODE,
  NO_ROUTE,
  NOTICE,
  ownFrames,
  TRIED,
} from "./words.ts";

type Pairs = readonly (readonly [what: string, value: string])[];

/** Writes the facts as text; nothing in it is obeyed by a terminal. */
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
