/**
 * What can be said of what was thrown, and of what led to it.
 *
 * @module
 */

import { sourceExcerpt, type SourceLine } from "./source_excerpt.ts";
import { type StackFrame, stackFrames } from "./stack_frames.ts";

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

/** Errors that are shown, so that a chain comes to an end. */
const MOST = 10;

/**
 * What was thrown, then its causes and what it is made of.
 *
 * @param error What was thrown.
 * @param first What was being answered when it was thrown.
 */
export async function errorFacts(error: unknown, first?: unknown): Promise<ErrorFacts[]> {
  const chain: { relation: string; error: unknown }[] = [];
  const seen = new Set<unknown>();
  const add = (relation: string, error: unknown): void => {
    if (chain.length === MOST || seen.has(error)) return;
    seen.add(error);
    chain.push({ relation, error });
    if (!(error instanceof Error)) return;
    if (error instanceof AggregateError && Array.isArray(error.errors)) {
      for (const one of error.errors) add("One of several", one);
    }
    if (error.cause !== undefined) add("Caused by", error.cause);
  };
  add("", error);
  if (first !== undefined) add("While this was answered", first);
  return await Promise.all(chain.map(({ relation, error }) => factsOf(relation, error)));
}

async function factsOf(relation: string, error: unknown): Promise<ErrorFacts> {
  if (!(error instanceof Error)) {
    const message = inspected(error);
    return { relation, name: "Thrown, but no Error", message, frames: [], source: [] };
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
    "(it cannot be told what it is)",
  );
}
