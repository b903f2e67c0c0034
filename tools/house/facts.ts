/**
 * Facts that the library says in one file alone, by the literals that say them.
 *
 * A literal says a fact where it stands in code. What stands in a comment or in a type does not. A
 * text with a blank in it is a message to a person, and does not either.
 *
 * @module
 */

import type { HouseTree } from "./house_tree.ts";
import type { Literal, ModuleSource } from "./module_source.ts";

/** Something that is said once. */
export interface Fact {
  /** What it is. */
  readonly name: string;
  /** Whether a module says it. */
  readonly isSaidBy: (module: ModuleSource) => boolean;
}

/** Every character of a token of RFC 9110, section 5.6.2, that is neither a letter nor a digit. */
const TOKEN_CHARACTERS = [..."!#$%&'*+.^`|~"];

/** The facts of the library. */
export const FACTS: readonly Fact[] = [
  literal(
    "the header token",
    ({ kind, text }) =>
      kind === "regexp" && TOKEN_CHARACTERS.every((character) => text.includes(character)),
  ),
  literal(
    "34_560_000 seconds, the longest life of a cookie",
    ({ kind, text }) => kind === "number" && /^34560000(?:000)?$/.test(text),
  ),
  literal(
    "4_096 bytes, the size of a cookie",
    ({ kind, text, constant }) =>
      // These are as large by chance.
      kind === "number" && text === "4096" && constant !== "LONGEST_TAG" &&
      constant !== "MOST_HEAD_BYTES" && constant !== "DEFAULT_VERIFIED_COOKIES",
  ),
  literal(
    "the prefixes of cookies",
    ({ kind, text }) =>
      kind !== "number" && /__(?:Host|Secure)-|__\([^)]*(?:Host|Secure)/i.test(text),
  ),
  literal("what loopback is", ({ kind, text, isCompared }) => {
    if (kind === "regexp") return /localhost|\b127\b|::1/.test(text);
    // A host that only stands for another decides nothing.
    return isCompared ? /^(?:localhost|127\.0\.0\.1|\[?::1\]?)$/.test(text) : text === "127.";
  }),
  { name: "checkOptions", isSaidBy: ({ declared }) => declared.includes("checkOptions") },
];

function literal(name: string, says: (literal: Literal) => boolean): Fact {
  return {
    name,
    isSaidBy: ({ literals }) => literals.some((one) => !isMessage(one) && says(one)),
  };
}

function isMessage({ kind, text }: Literal): boolean {
  return kind === "string" && /\S\s|\s\S/.test(text);
}

/**
 * Facts that several files say, or none: then what recognises them is out of date.
 *
 * @param tree The house.
 * @param facts The facts.
 */
export function factsSaidTwice(tree: HouseTree, facts: readonly Fact[] = FACTS): string[] {
  return facts.flatMap(({ name, isSaidBy }) => {
    const files = [...tree.files].filter(([, module]) => isSaidBy(module)).map(([path]) => path);
    return files.length === 1 ? [] : [`${name}: ${files.join(", ") || "said nowhere"}`];
  });
}
