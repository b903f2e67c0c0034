/**
 * Values that are written out: the next one, another one, none.
 *
 * @module
 */

import type { Edit } from "../mutation.ts";
import type { Placed } from "../syntax.ts";
import { instead, type Operators } from "./operator.ts";

/** Mutates literals. */
export const literalOperators: Operators = {
  *"other truth"({ node }): Generator<Edit> {
    if (node.type !== "Literal" || typeof node.value !== "boolean") return;
    yield instead(node, String(!node.value));
  },

  *"number beside"(placed): Generator<Edit> {
    const { node } = placed;
    if (node.type !== "Literal" || typeof node.value !== "number" || isName(placed)) return;
    yield instead(node, String(node.value + 1));
    // In brackets: `a-0` would become `a--1`.
    yield instead(node, node.value < 1 ? `(${node.value - 1})` : String(node.value - 1));
  },

  *"other text"(placed): Generator<Edit> {
    const { node } = placed;
    if (node.type !== "Literal" || typeof node.value !== "string" || isName(placed)) return;
    yield instead(node, node.value === "" ? '"mutant"' : '""');
  },

  *"looser expression"({ node }): Generator<Edit> {
    if (node.type !== "Literal" || !node.regex) return;
    const { pattern, flags } = node.regex;
    if (pattern.startsWith("^")) yield instead(node, `/${pattern.slice(1)}/${flags}`);
    if (/[^\\]\$$/.test(pattern)) yield instead(node, `/${pattern.slice(0, -1)}/${flags}`);
    // Without `u` or `v` most of those that have it are none.
    for (const flag of flags.replaceAll(/[uv]/g, "")) {
      yield instead(node, `/${pattern}/${flags.replace(flag, "")}`);
    }
  },

  *"empty list"({ node }): Generator<Edit> {
    if (node.type === "ArrayExpression" && node.elements.length > 0) yield instead(node, "[]");
  },
};

/** Whether a literal is no value: a key, a module's address, a directive. */
function isName({ node, parent }: Placed): boolean {
  switch (parent?.type) {
    case "Property":
    case "PropertyDefinition":
    case "MethodDefinition":
      return parent.key === node && !parent.computed;
    case "ImportDeclaration":
    case "ExportAllDeclaration":
    case "ExportNamedDeclaration":
    case "ImportExpression":
    case "ImportAttribute":
    case "ExpressionStatement":
      return true;
    default:
      return false;
  }
}
