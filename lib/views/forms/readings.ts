/**
 * What `request.readForm()`, `readJson()` and `readQuery()` take and give.
 *
 * @module
 */

import {
  checkOptions,
  checkValue,
  FUNCTION,
  LIMIT,
  type OptionKinds,
  SCHEMA,
  TEXTS,
} from "../../check_options.ts";
import type { FieldErrors } from "../../http/errors.ts";
import type { StandardSchema } from "../../standard_schema.ts";
import type { BodyLimits, FormLimits } from "../body_limits.ts";
import { ONCE, type OnceOptions } from "./once.ts";
import { FILE_HANDLERS, type FileOptions } from "./streamed_files.ts";

/** What was sent fits its schema. */
export interface ValidReading<Value> {
  /** Always true. */
  readonly ok: true;
  /** What the schema made. */
  readonly value: Value;
}

/** What was sent does not fit its schema. */
export interface InvalidReading {
  /** Always false. */
  readonly ok: false;
  /**
   * Why fields were refused, in the words of the schema. The path of a nested value has dots, such
   * as `items.0.price`. The object has no prototype.
   */
  readonly errors: FieldErrors;
  /** Why it was refused as a whole. */
  readonly formErrors: readonly string[];
}

/** A form or query that does not fit its schema, with its text. */
export interface InvalidForm extends InvalidReading {
  /**
   * The text of the fields, to show it again. Files, passwords and the CSRF token are left out. Of a
   * field that is no list it has the last text only.
   */
  readonly input: URLSearchParams;
}

/** What `request.readForm()` and `readQuery()` give. */
export type FormReading<Value> = ValidReading<Value> | InvalidForm;

/** What `request.readJson()` gives. */
export type JsonReading<Value> = ValidReading<Value> | InvalidReading;

/** How `request.readQuery()` reads. */
export interface ReadQueryOptions {
  /**
   * The names of all fields that are lists. Then the schema is called once, and a list that was not
   * sent is empty. Default: the schema is asked, which calls it up to three times.
   */
  readonly lists?: readonly string[];
  /**
   * Further fields that `input` leaves out. Those with a name such as `password`, `pin` or
   * `api_token` are left out always.
   * @default {[]}
   */
  readonly withheld?: readonly string[];
}

/** How `request.readForm()` reads. */
export interface ReadFormOptions<Kept = unknown>
  extends ReadQueryOptions, FormLimits, FileOptions<Kept> {
  /**
   * Whether the form is accepted once. The page must have {@linkcode onceField}. A form that was
   * sent before gets a 409, or a redirection to `redirectTo`.
   * @default {false}
   */
  readonly once?: boolean | OnceOptions;
}

const QUERY_KINDS: OptionKinds<ReadQueryOptions> = { lists: TEXTS, withheld: TEXTS };
const JSON_KINDS: OptionKinds<BodyLimits> = { maxBytes: LIMIT };
const FORM_KINDS: OptionKinds<ReadFormOptions> = {
  ...QUERY_KINDS,
  ...JSON_KINDS,
  maxParts: LIMIT,
  files: FILE_HANDLERS,
  discard: FUNCTION,
  once: ONCE,
};

/** The options of each kind of body. */
const KINDS = { form: FORM_KINDS, json: JSON_KINDS, query: QUERY_KINDS };

/**
 * Checks what a call was given.
 *
 * @param call The call, such as `request.readForm()`.
 * @param kind What it reads.
 * @param schema Its first argument.
 * @param options Its second argument.
 * @throws {TypeError} If one of them is wrong.
 */
export function checkReading(
  call: string,
  kind: keyof typeof KINDS,
  schema: StandardSchema,
  options: object,
): void {
  checkValue(`the schema of ${call}`, schema, SCHEMA, TypeError);
  checkOptions<Record<string, unknown>>(call, options, KINDS[kind], TypeError);
}
