/**
 * Conditions: the opposite of them, or none.
 *
 * @module
 */

import type { Edit } from "../mutation.ts";
import type { AnyNode, Syntax } from "../syntax.ts";
import { instead, isBoolean, isNegatedByItself, type Operators } from "./operator.ts";

/** Mutates conditions. */
export const conditionOperators: Operators = {
  *"condition negated"({ node }, syntax): Generator<Edit> {
    const test = testOf(node);
    if (test !== null && !isNegatedByItself(test)) yield negated(test, syntax);
  },

  *"condition dropped"({ node }): Generator<Edit> {
    const test = testOf(node);
    if (test === null || test.type === "Literal") return;
    yield instead(test, "false");
    // A loop without an end would only be waited for.
    if (/^(?:If|Conditional)/.test(node.type)) yield instead(test, "true");
  },

  *"result negated"({ node }, syntax): Generator<Edit> {
    const result = node.type === "ReturnStatement"
      ? node.argument
      : node.type === "ArrowFunctionExpression"
      ? node.body
      : null;
    if (result && isBoolean(result) && !isNegatedByItself(result)) yield negated(result, syntax);
  },
};

function testOf(node: AnyNode): AnyNode | null {
  switch (node.type) {
    case "IfStatement":
    case "ConditionalExpression":
    case "WhileStatement":
    case "DoWhileStatement":
      return node.test;
    case "ForStatement":
      return node.test ?? null;
    default:
      return null;
  }
}

function negated(node: AnyNode, { source }: Syntax): Edit {
  return instead(node, `!(${source.slice(node.start, node.end)})`);
}
