/**
 * Validates what visitors send, with any validator that implements Standard Schema.
 *
 * @module
 */

import { describe } from "../../check_options.ts";
import { type FieldErrors, HttpBadRequest, HttpException } from "../../http/errors.ts";
import { isInstanceOf } from "../../promises.ts";
import type { SchemaIssue, StandardSchema } from "../../standard_schema.ts";

/** What a schema made of a value, or the faults that it found. */
export type Checked<Value> =
  | { readonly value: Value; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** Which schema is asked: the message of a failure names it. */
export interface SchemaUse<Value> {
  /** The schema. */
  readonly schema: StandardSchema<Value>;
  /** The call that reads, such as `request.readForm()`. */
  readonly call: string;
  /** The view that reads, with its file and line. */
  readonly view: { toString(): string };
}

/** Most faults that are kept. A long list of JSON can have a fault in each of its items. */
const MOST_ISSUES = 500;

/**
 * Validates a value.
 *
 * What the schema throws is a failure of the app. Only an `HttpException` and a `Response` pass as
 * they are, because a schema that asks a database can throw a 503. A stack that overflows is the
 * visitor's fault if the data is nested deeply.
 *
 * @param use The schema.
 * @param value The value.
 * @throws {Error} If the schema throws.
 * @throws {HttpBadRequest} If its stack overflows, and the data is nested over more than 500 levels.
 * @throws {TypeError} If it gives what is not a result of Standard Schema.
 */
export async function checkedBy<Value>(
  use: SchemaUse<Value>,
  value: unknown,
): Promise<Checked<Value>> {
  let result: unknown;
  try {
    result = await use.schema["~standard"].validate(value);
  } catch (error) {
    if (isInstanceOf(error, HttpException) || isInstanceOf(error, Response)) throw error;
    if (error instanceof RangeError && isDeep(value)) {
      throw new HttpBadRequest("The data of this request is nested too deeply.", { cause: error });
    }
    throw new Error(`Cannot validate what was sent: ${nameOf(use)} threw`, { cause: error });
  }
  if (isResult<Value>(result)) return result;
  throw new TypeError(
    `Cannot validate what was sent: ${nameOf(use)} gave ${
      describe(result)
    }, which is no result of Standard Schema`,
  );
}

/** The levels that every validator can follow. A stack holds some thousands of calls. */
const SAFE_LEVELS = 500;

/** Whether lists and objects hold one another over so many levels that a stack can overflow. */
function isDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let levels = 0; level.length > 0; levels++) {
    if (levels > SAFE_LEVELS) return true;
    level = level.flatMap((one) =>
      typeof one === "object" && one !== null ? Object.values(one) : []
    );
  }
  return false;
}

/** What was found, and where it belongs. */
export interface FoundErrors {
  /** The errors of each field. */
  readonly errors: FieldErrors;
  /** The errors of the whole. */
  readonly formErrors: readonly string[];
}

/**
 * Sorts faults by the fields that they are about.
 *
 * The name of a field is the longest beginning of the path that was sent, with dots between the
 * steps. If nothing of the path was sent, then it is the whole path.
 *
 * @param issues The faults.
 * @param isSent Whether a field of this name was sent.
 */
export function errorsByField(
  issues: readonly SchemaIssue[],
  isSent: (name: string) => boolean,
): FoundErrors {
  const errors: Record<string, string[]> = Object.create(null);
  const formErrors: string[] = [];
  for (const issue of issues.slice(0, MOST_ISSUES)) {
    const steps = stepsOf(issue);
    if (steps.length === 0) formErrors.push(issue.message);
    else (errors[fieldOf(steps, isSent)] ??= []).push(issue.message);
  }
  const more = issues.length - MOST_ISSUES;
  if (more > 0) formErrors.push(`More errors: ${more}.`);
  if (issues.length === 0) formErrors.push("The data is not valid.");
  return { errors, formErrors };
}

/** The steps of a path as texts. A path that is malformed has no step. */
export function stepsOf({ path }: SchemaIssue): readonly string[] {
  const steps: readonly unknown[] = Array.isArray(path) ? path : [];
  const keys = steps.map((step) =>
    typeof step === "object" && step !== null && "key" in step ? step.key : step
  );
  return keys.every((key) => ["string", "number", "symbol"].includes(typeof key))
    ? keys.map(String)
    : [];
}

function fieldOf(steps: readonly string[], isSent: (name: string) => boolean): string {
  for (let length = steps.length; length > 0; length--) {
    const name = steps.slice(0, length).join(".");
    if (isSent(name)) return name;
  }
  return steps.join(".");
}

function nameOf<Value>({ schema, call, view }: SchemaUse<Value>): string {
  return `the schema (${schema["~standard"].vendor}) of ${call} in ${view}`;
}

function isResult<Value>(result: unknown): result is Checked<Value> {
  if (typeof result !== "object" || result === null) return false;
  const issues: unknown = "issues" in result ? result.issues : undefined;
  if (issues === undefined) return "value" in result;
  return Array.isArray(issues) && issues.every(isIssue);
}

function isIssue(issue: unknown): issue is SchemaIssue {
  return typeof issue === "object" && issue !== null && "message" in issue &&
    typeof issue.message === "string";
}
