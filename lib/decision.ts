/**
 * Answers of callbacks that decide about safety.
 *
 * @module
 */

import { quietly } from "./quiet.ts";

/**
 * What a callback decided: `true` alone is yes.
 *
 * @param answer What it returned, whatever its type promised.
 * @param callback Which one it is, and where it was stated, for the message.
 * @throws {TypeError} If the answer is neither true nor false, and so decides nothing.
 */
export function decided(answer: unknown, callback: string): boolean {
  if (typeof answer === "boolean") return answer;
  const promise = answer instanceof Promise;
  quietly(answer);
  throw new TypeError(
    `Cannot go by what ${callback} answered: must be true or false, not ${
      promise ? "a promise, since it must answer at once" : described(answer)
    }`,
  );
}

function described(answer: unknown): string {
  if (answer === null || answer === undefined) return String(answer);
  if (typeof answer === "string") return `the string ${JSON.stringify(answer.slice(0, 40))}`;
  return typeof answer === "object" ? "an object" : `a ${typeof answer}`;
}
