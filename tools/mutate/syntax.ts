/**
 * A TypeScript module as the operators see it: the tree and the tokens of what is run, with the
 * places where they stand in the source.
 *
 * Deno's own `stripTypeScriptTypes()` puts blanks where types were, so that every place is kept:
 * nothing that only the type checker reads can be mutated.
 *
 * @module
 */

import { stripTypeScriptTypes } from "node:module";
import { type AnyNode, parse, type Program, type Token } from "npm:acorn@8.19.0";

export type { AnyNode } from "npm:acorn@8.19.0";

/** A node of the tree and what holds it. */
export interface Placed {
  /** The node. */
  readonly node: AnyNode;
  /** The node around it; `null` for the program. */
  readonly parent: AnyNode | null;
}

/** A parsed module. */
export class Syntax {
  /** The TypeScript. */
  readonly source: string;
  readonly #program: Program;
  readonly #tokens: Token[] = [];

  /**
   * Parses a module.
   *
   * @param source Its TypeScript.
   * @throws {SyntaxError} If it is none, or has types that cannot be blanked out (enums, namespaces).
   */
  constructor(source: string) {
    this.source = source;
    const script = stripTypeScriptTypes(source);
    if (!isBlankedOut(script, source)) {
      throw new SyntaxError("Cannot keep the places of the source: its types are more than blanks");
    }
    this.#program = parse(script, {
      ecmaVersion: "latest",
      sourceType: "module",
      onToken: this.#tokens,
    });
  }

  /** Every node, each before those in it. */
  *nodes(): Generator<Placed> {
    yield* walk(this.#program, null);
  }

  /**
   * The first token of a text in a part of the source, which no comment or text can feign.
   *
   * @param text The token.
   * @param start Where the part begins.
   * @param end Where it ends.
   * @throws {RangeError} If there is none.
   */
  token(text: string, start: number, end: number): { start: number; end: number } {
    const found = this.#tokens.find((token) =>
      token.start >= start && token.end <= end && this.source.slice(token.start, token.end) === text
    );
    if (found === undefined) {
      throw new RangeError(`Cannot find "${text}" in "${this.source.slice(start, end)}"`);
    }
    return found;
  }
}

function isBlankedOut(script: string, source: string): boolean {
  if (script.length !== source.length) return false;
  for (let at = 0; at < script.length; at++) {
    if (script[at] !== source[at] && !/[\s;]/.test(script[at] ?? "")) return false;
  }
  return true;
}

function* walk(node: AnyNode, parent: AnyNode | null): Generator<Placed> {
  yield { node, parent };
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) yield* walk(child, node);
    }
  }
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}
