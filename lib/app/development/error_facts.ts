/**
 * What can be said of what was thrown, and of what led to it.
 *
 * @module
 */

import { type StackFrame, stackFrames } from "../stack_frames.ts";
import { sourceExcerpt, type SourceLine } from "./source_excerpt.ts";

/** One of the errors. */
export interface ErrorFacts {
  /** How it is related to the one before: `Caused by`, for instance; empty for the first. */
  readonly relation: string;
  /** Its name; for what is no error, what it is. */
  readonly name: string;
  /** Its message. */
  readonly message: string;
  /** Its stack; empty where it has none. */
  readonly frames: readonly StackFrame[];
  /** The lines round the first frame of the app. */
  readonly source: readonly SourceLine[];
}

const ANSWERED = "Original error";

/** What is known of an error besides itself. */
export interface ErrorCircumstances {
  /** What was being answered when it was thrown. */
  readonly first?: unknown;
  /** Who was at work: what is no error says nothing of where it was thrown. */
  readonly view: { toString(): string };
}

/** Errors that are shown, so that a chain comes to an end. */
const MOST = 10;

/**
 * What was thrown, then its causes and what it is made of.
 *
 * @param error What was thrown.
 * @param circumstances What is known besides.
 */
export async function errorFacts(
  error: unknown,
  { first, view }: ErrorCircumstances,
): Promise<ErrorFacts[]> {
  const chain: { relation: string; error: unknown }[] = [];
  const seen = new Set<unknown>();
  const add = (relation: string, error: unknown): void => {
    if (chain.length === MOST || seen.has(error)) return;
    seen.add(error);
    chain.push({ relation, error });
    if (!(error instanceof Error)) return;
    if (error instanceof AggregateError && Array.isArray(error.errors)) {
      for (const one of error.errors) add("One of several errors", one);
    }
    if (error.cause !== undefined) add("Caused by", error.cause);
  };
  add("", error);
  if (first !== undefined) add(ANSWERED, first);
  return await Promise.all(chain.map(({ relation, error }) => factsOf(relation, error, view)));
}

async function factsOf(
  relation: string,
  error: unknown,
  view: ErrorCircumstances["view"],
): Promise<ErrorFacts> {
  if (!(error instanceof Error)) {
    // A cause was thrown by whoever caught it, not by the view.
    // A cause, or one of several, may come from elsewhere.
    const isOfRequest = relation === "" || relation === ANSWERED;
    const advice =
      `\nThe last view was: ${view}. Throw an Error instead, because an Error records its line.`;
    const message = inspected(error) + (isOfRequest ? advice : "");
    return { relation, name: "Thrown value that is not an Error", message, frames: [], source: [] };
  }
  const name = textOf(() => error.name, "Error");
  const message = textOf(() => error.message, "(its message cannot be read)");
  const frames = stackFrames(textOf(() => error.stack, ""), message);
  const own = frames.find(({ isOwn }) => isOwn)?.at ?? null;
  const source = own === null ? [] : await sourceExcerpt(own);
  return { relation, name, message, frames, source };
}

/** What a getter of the app's says; anything may be thrown, proxies included. */
function textOf(read: () => unknown, otherwise: string): string {
  try {
    const text = read();
    return typeof text === "string" ? text : otherwise;
  } catch {
    return otherwise;
  }
}

function inspected(value: unknown): string {
  return textOf(
    () => Deno.inspect(value, { depth: 3, colors: false, strAbbreviateSize: 500 }),
    "(the value cannot be read)",
  );
}
