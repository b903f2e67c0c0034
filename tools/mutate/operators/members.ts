/**
 * Members: asked without a question mark, another method, none.
 *
 * @module
 */

import type { Edit } from "../mutation.ts";
import { instead, type Operators } from "./operator.ts";

/** Methods that do nearly the opposite. */
const OTHER: ReadonlyMap<string, string> = new Map([
  ["some", "every"],
  ["every", "some"],
  ["startsWith", "endsWith"],
  ["endsWith", "startsWith"],
  ["indexOf", "lastIndexOf"],
  ["lastIndexOf", "indexOf"],
  ["min", "max"],
  ["max", "min"],
  ["floor", "ceil"],
  ["ceil", "floor"],
]);

/** Methods without which the value is of the same kind. */
const TRIMMING =
  /^(?:toLowerCase|toUpperCase|trim|trimStart|trimEnd|toReversed|toSorted|normalize)$/;

/** Mutates members and calls of them. */
export const memberOperators: Operators = {
  *"no question mark"({ node }, syntax): Generator<Edit> {
    if (node.type === "MemberExpression" && node.optional) {
      const mark = syntax.token("?.", node.object.end, node.property.start);
      yield instead(mark, node.computed ? "" : ".");
    }
    if (node.type === "CallExpression" && node.optional) {
      yield instead(syntax.token("?.", node.callee.end, node.end), "");
    }
  },

  *"other method"({ node }): Generator<Edit> {
    if (node.type !== "CallExpression" || node.callee.type !== "MemberExpression") return;
    const { property, computed } = node.callee;
    if (computed || property.type !== "Identifier") return;
    const other = OTHER.get(property.name);
    if (other !== undefined) yield instead(property, other);
  },

  *"no method"({ node }, syntax): Generator<Edit> {
    if (node.type !== "CallExpression" || node.callee.type !== "MemberExpression") return;
    const { object, property, optional } = node.callee;
    if (property.type !== "Identifier" || !TRIMMING.test(property.name)) return;
    const dot = syntax.token(optional ? "?." : ".", object.end, property.start);
    yield instead({ start: dot.start, end: node.end }, "");
  },
};
