/**
 * What an operator is.
 *
 * @module
 */

import type { Edit } from "../mutation.ts";
import type { AnyNode, Placed, Syntax } from "../syntax.ts";

/** Gives the edits of one node. */
export type Operator = (placed: Placed, syntax: Syntax) => Iterable<Edit>;

/** Operators by their names. */
export type Operators = Readonly<Record<string, Operator>>;

/** Puts a text in the place of a node. */
export function instead({ start, end }: { start: number; end: number }, text: string): Edit {
  return { start, end, text };
}

/** Whether a node is an expression that is true or false by its form. */
export function isBoolean(node: AnyNode | null | undefined): boolean {
  switch (node?.type) {
    case "BinaryExpression":
      return /^(?:[<>]=?|[!=]==?|in|instanceof)$/.test(node.operator);
    case "UnaryExpression":
      return node.operator === "!";
    case "LogicalExpression":
      return node.operator !== "??" && isBoolean(node.left) && isBoolean(node.right);
    case "CallExpression":
      return node.callee.type === "MemberExpression" &&
        node.callee.property.type === "Identifier" &&
        /^(?:test|has|includes|some|every|startsWith|endsWith)$/.test(node.callee.property.name);
    default:
      return false;
  }
}

/** Whether an operator of its own negates a node: `===`, and what begins with `!`. */
export function isNegatedByItself(node: AnyNode): boolean {
  return (node.type === "BinaryExpression" && /^[!=]==?$/.test(node.operator)) ||
    (node.type === "UnaryExpression" && node.operator === "!");
}
