/**
 * A module that says when one of its functions begins.
 *
 * @module
 */

import ts from "npm:typescript@5.9.3";
import { parseModule } from "./module_source.ts";

/**
 * Puts a call at the beginning of every function, method, accessor, constructor and arrow of a
 * module. A line stays the line that it was.
 *
 * A constructor that is not written is no function. The body of a generator begins with the first
 * `next()`. A function that goes on behind an `await` or a `yield` does not begin again.
 *
 * @param text The module's TypeScript.
 * @param call The call, an expression that reads no `this`: it may stand in front of `super()`.
 */
export function notedModule(text: string, call: string): string {
  const added: { at: number; text: string }[] = [];
  const walk = (node: ts.Node): void => {
    const body = bodyOf(node);
    if (body !== undefined && ts.isBlock(body)) {
      added.push({ at: body.getStart() + 1, text: ` ${call};` });
    } else if (body !== undefined) {
      added.push({ at: body.getStart(), text: `(${call}, ` }, { at: body.getEnd(), text: ")" });
    }
    ts.forEachChild(node, walk);
  };
  walk(parseModule(text));
  let noted = "";
  let done = 0;
  for (const { at, text: piece } of added.toSorted((one, other) => one.at - other.at)) {
    noted += text.slice(done, at) + piece;
    done = at;
  }
  return noted + text.slice(done);
}

function bodyOf(node: ts.Node): ts.ConciseBody | undefined {
  return ts.isFunctionLike(node) && "body" in node && isBody(node.body) ? node.body : undefined;
}

function isBody(body: unknown): body is ts.ConciseBody {
  return typeof body === "object" && body !== null;
}
