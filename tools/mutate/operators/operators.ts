/**
 * Operators of the language: another one in their place, or one side alone.
 *
 * @module
 */

import type { Edit } from "../mutation.ts";
import type { AnyNode } from "../syntax.ts";
import { instead, type Operators } from "./operator.ts";

/** What stands for what between two values. */
const BINARY: Readonly<Record<string, string>> = {
  "===": "!==",
  "!==": "===",
  "==": "!=",
  "!=": "==",
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
  "%": "*",
  "&": "|",
  "|": "&",
  "^": "&",
  "<<": ">>",
  ">>": "<<",
  ">>>": "<<",
};

const ASSIGNMENT: Readonly<Record<string, string>> = {
  "+=": "-=",
  "-=": "+=",
  "*=": "/=",
  "/=": "*=",
  "&=": "|=",
  "|=": "&=",
  "^=": "&=",
  "<<=": ">>=",
  ">>>=": "<<=",
  ">>=": "<<=",
  "??=": "=",
  "||=": "=",
  "&&=": "=",
};

/** Mutates operators. */
export const operatorOperators: Operators = {
  *"other operator"({ node }, syntax): Generator<Edit> {
    if (node.type === "BinaryExpression") {
      const other = BINARY[node.operator];
      if (other === undefined || (node.operator === "+" && isText(node))) return;
      yield instead(syntax.token(node.operator, node.left.end, node.right.start), other);
    }
    if (node.type === "AssignmentExpression") {
      const other = ASSIGNMENT[node.operator];
      if (other === undefined || isText(node.right)) return;
      yield instead(syntax.token(node.operator, node.left.end, node.right.start), other);
    }
    if (node.type === "UpdateExpression") {
      const sign = syntax.token(node.operator, node.start, node.end);
      yield instead(sign, node.operator === "++" ? "--" : "++");
    }
  },

  *"other logic"({ node }, syntax): Generator<Edit> {
    if (node.type !== "LogicalExpression" || node.operator === "??") return;
    const sign = syntax.token(node.operator, node.left.end, node.right.start);
    yield instead(sign, node.operator === "&&" ? "||" : "&&");
  },

  *"one side"({ node }, syntax): Generator<Edit> {
    if (node.type !== "LogicalExpression") return;
    const sign = syntax.token(node.operator, node.left.end, node.right.start);
    yield instead({ start: sign.start, end: node.end }, "");
    yield instead({ start: node.start, end: sign.end }, "");
  },

  *"no sign"({ node }): Generator<Edit> {
    if (node.type !== "UnaryExpression" || !/^[!~-]$/.test(node.operator)) return;
    yield instead({ start: node.start, end: node.start + 1 }, "");
  },
};

/** Whether a sum is text by its form: less than text is nothing that would be written. */
function isText(node: AnyNode): boolean {
  if (node.type === "Literal") return typeof node.value === "string";
  if (node.type === "TemplateLiteral") return true;
  return node.type === "BinaryExpression" && node.operator === "+" &&
    (isText(node.left) || isText(node.right));
}
