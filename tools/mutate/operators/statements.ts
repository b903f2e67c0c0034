/**
 * Statements that are left out.
 *
 * @module
 */

import type { Edit } from "../mutation.ts";
import type { AnyNode } from "../syntax.ts";
import { instead, type Operators } from "./operator.ts";

/** Mutates statements. */
export const statementOperators: Operators = {
  *"no statement"({ node }): Generator<Edit> {
    if (isDispensable(node)) yield instead(node, ";");
  },

  *"other jump"({ node }): Generator<Edit> {
    if (node.type === "ContinueStatement" && !node.label) yield instead(node, "break;");
    if (node.type === "BreakStatement" && !node.label) yield instead(node, ";");
  },
};

/** Whether a module without a statement would still be one that runs. */
function isDispensable(node: AnyNode): boolean {
  if (node.type === "ThrowStatement") return true;
  if (node.type !== "ExpressionStatement") return false;
  let { expression } = node;
  if (expression.type === "AwaitExpression") expression = expression.argument;
  if (expression.type === "ChainExpression") expression = expression.expression;
  switch (expression.type) {
    case "CallExpression":
      return expression.callee.type !== "Super";
    case "AssignmentExpression":
    case "UpdateExpression":
    case "YieldExpression":
      return true;
    case "UnaryExpression":
      return expression.operator === "delete";
    default:
      return false;
  }
}
