/**
 * What is mutated, and into what.
 *
 * @module
 */

import { conditionOperators } from "./operators/conditions.ts";
import { literalOperators } from "./operators/literals.ts";
import { memberOperators } from "./operators/members.ts";
import { operatorOperators } from "./operators/operators.ts";
import { statementOperators } from "./operators/statements.ts";
import { type Mutation, mutation } from "./mutation.ts";
import { Syntax } from "./syntax.ts";
import type { Operators } from "./operators/operator.ts";

/** All operators, by name. */
export const OPERATORS: Operators = {
  ...operatorOperators,
  ...conditionOperators,
  ...literalOperators,
  ...memberOperators,
  ...statementOperators,
};

/**
 * All mutations of a module, each text once, in the order of their places.
 *
 * @param source The module's TypeScript.
 * @throws {SyntaxError} If it is none.
 */
export function mutations(source: string): Mutation[] {
  const syntax = new Syntax(source);
  const found = new Map<string, Mutation>();
  for (const placed of syntax.nodes()) {
    for (const [name, operator] of Object.entries(OPERATORS)) {
      for (const edit of operator(placed, syntax)) {
        const key = `${edit.start} ${edit.end} ${edit.text}`;
        if (!found.has(key)) found.set(key, mutation(source, edit, name));
      }
    }
  }
  return [...found.values()].sort((a, b) => a.start - b.start || a.end - b.end);
}
