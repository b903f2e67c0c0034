/**
 * What a view returned that is no answer, and what to write instead.
 *
 * @module
 */

import { describe } from "../check_options.ts";
import { HttpError } from "../http/http_error.ts";
import { printable } from "../printable.ts";
import { isThenable } from "../thenable.ts";

/** Characters of a returned text that are shown. */
const LONGEST_SHOWN = 40;

const AS_JSON = 'write return json(…), or state renderer: "json"';
const AS_PAGE = "write return html`…`";

/**
 * Says what a view returned that is no answer, and what to write.
 *
 * @param result What it returned.
 * @param view What the view is called.
 */
export function wrongAnswer(result: unknown, view: { toString(): string }): TypeError {
  const [found, remedy] = foundAndRemedy(result);
  return new TypeError(
    `Cannot answer with what ${view} returned: must be a Response, html\`…\`, an HttpError or a redirect(), not ${found}: ${remedy}`,
  );
}

function foundAndRemedy(result: unknown): [found: string, remedy: string] {
  switch (typeof result) {
    case "undefined":
      return ["undefined", "an await or a return may be missing"];
    case "string":
      return [quoted(result), `${AS_PAGE} for a page, or state renderer: "text"`];
    case "function":
      return isClassOfErrors(result)
        ? [`the class ${printable(result.name)}`, `write new ${printable(result.name)}()`]
        : ["a function", "it may have to be called: write return f(request)"];
    case "object":
      return result === null
        ? ["null", `${AS_PAGE}, or throw new HttpNotFound() where there is nothing to show`]
        : objectAndRemedy(result);
    case "number":
    case "boolean":
      return [String(result), `${AS_PAGE}, or return json(…)`];
    default:
      return [`a ${typeof result}`, AS_PAGE];
  }
}

function objectAndRemedy(result: object): [found: string, remedy: string] {
  if (Array.isArray(result)) {
    return result.some(isThenable)
      ? ["an array with a promise in it", `await Promise.all(…) first, then ${AS_JSON}`]
      : ["an array", AS_JSON];
  }
  if (result instanceof Error) {
    return [describe(result), "write throw instead of return, or return an HttpError"];
  }
  if (isThenable(result)) {
    return [`${describe(result)} that can be awaited`, "await it, and return what comes of it"];
  }
  const prototype: unknown = Object.getPrototypeOf(result);
  if (prototype === null || prototype === Object.prototype) return ["a plain object", AS_JSON];
  return [describe(result), `${AS_PAGE}, or return json(…)`];
}

function quoted(text: string): string {
  const shown = text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
  return `the string "${printable(shown)}"`;
}

function isClassOfErrors(value: { readonly prototype?: unknown }): value is typeof HttpError {
  return value === HttpError || value.prototype instanceof HttpError;
}
