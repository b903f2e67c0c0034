/**
 * Schemas of sessions: any validator that speaks Standard Schema.
 *
 * @module
 */

import { type OptionKind, withFunctions } from "../check_options.ts";
import type { Logger } from "../log.ts";

/** What is wrong with a value, as Standard Schema says it. */
export interface SchemaIssue {
  /** For developers. */
  readonly message: string;
  /** Where in the value. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What a schema says of a value. */
export type SchemaResult<Output> =
  | {
    /** The value as the schema makes it: defaults filled in, unknown keys gone. */
    readonly value: Output;
    /** None. */
    readonly issues?: undefined;
  }
  | {
    /** What is wrong. */
    readonly issues: readonly SchemaIssue[];
  };

/** A validator that speaks Standard Schema, version 1: zod, valibot, arktype and others. */
export interface StandardSchema<Output = unknown> {
  /** The interface of Standard Schema. */
  readonly "~standard": {
    /** Always 1. */
    readonly version: 1;
    /** Whose schema it is. */
    readonly vendor: string;
    /** Validates a value. */
    readonly validate: (
      value: unknown,
    ) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
  };
}

const STANDARD = withFunctions("validate");

/** What an option takes that is a {@linkcode StandardSchema}; some vendors' are functions. */
export const SCHEMA_KIND: OptionKind = {
  expected: 'a schema that speaks Standard Schema, with validate() in its "~standard"',
  is: (value) =>
    (typeof value === "function" || (typeof value === "object" && value !== null)) &&
    "~standard" in value && STANDARD.is(value["~standard"]),
};

/** The state at the end of a request is not what its schema takes, so it could not be read back. */
export class SessionSchemaError extends TypeError {
  /** Always `"SessionSchemaError"`. */
  override name = "SessionSchemaError";
  /** What is wrong, as the schema says it. */
  readonly issues: readonly SchemaIssue[];

  /** Makes the error. */
  constructor(issues: readonly SchemaIssue[]) {
    const list = issues.map((issue) => `${pathOf(issue)}: ${issue.message}`).join("; ");
    super(`Cannot store the session: its schema refuses ${list}`);
    this.issues = issues;
  }
}

/** Makes the state of this version of an app from that of an earlier one, at once or by a promise; anything else than an object gives a new session. */
export type SchemaMigration = (old: Readonly<Record<string, unknown>>) => unknown;

/** Fits states to the app's schema. */
export class SessionSchema {
  readonly #schema: StandardSchema;
  readonly #migrate: SchemaMigration | undefined;
  readonly #logger: Logger;

  /** Takes the schema, and the way from an earlier one. */
  constructor(schema: StandardSchema, migrate: SchemaMigration | undefined, logger: Logger) {
    this.#schema = schema;
    this.#migrate = migrate;
    this.#logger = logger;
  }

  /** What a session holds before anything was stored in it: the schema's defaults, or nothing. */
  async blank(): Promise<Map<string, unknown>> {
    return await this.#fit({}) ?? new Map();
  }

  /** The state of a cookie as the schema makes it, migrated if need be; `null` where it does not fit. */
  async read(
    values: ReadonlyMap<string, unknown>,
  ): Promise<{ values: Map<string, unknown>; migrated: boolean } | null> {
    // Flash messages alone, say: what a new session holds is no mismatch.
    if (values.size === 0) return { values: await this.blank(), migrated: false };
    const fitted = await this.#fit(Object.fromEntries(values));
    if (fitted !== null) return { values: fitted, migrated: false };
    const migrated = await this.#migrated(Object.fromEntries(values));
    return migrated === null ? null : { values: migrated, migrated: true };
  }

  /**
   * The state as the schema makes it, to be written. An emptied one is that of a new session, so
   * that a schema with required keys does not keep anybody from signing out.
   *
   * @throws {SessionSchemaError} If it does not fit.
   */
  async write(values: ReadonlyMap<string, unknown>): Promise<Map<string, unknown>> {
    if (values.size === 0) return await this.blank();
    const result = await this.#schema["~standard"].validate(Object.fromEntries(values));
    if (result.issues !== undefined) throw new SessionSchemaError(result.issues);
    const state = mapOf(result.value);
    if (state !== null) return state;
    throw new TypeError("Cannot store the session: what its schema makes of it is not an object");
  }

  // A cookie of a shape that the app forgot must not lock its visitor out.
  async #fit(value: unknown): Promise<Map<string, unknown> | null> {
    if (mapOf(value) === null) return null;
    try {
      const result = await this.#schema["~standard"].validate(value);
      return result.issues === undefined ? mapOf(result.value) : null;
    } catch (error) {
      this.#logger.error("The schema of sessions failed; the visitor gets a new one", error);
      return null;
    }
  }

  async #migrated(old: Record<string, unknown>): Promise<Map<string, unknown> | null> {
    try {
      return await this.#fit(await this.#migrate?.(old));
    } catch (error) {
      this.#logger.error("Migrating a session failed; its visitor gets a new one", error);
      return null;
    }
  }
}

function mapOf(value: unknown): Map<string, unknown> | null {
  const isState = typeof value === "object" && value !== null && !Array.isArray(value);
  return isState
    ? new Map(Object.entries(value).filter(([, member]) => member !== undefined))
    : null;
}

function pathOf({ path = [] }: SchemaIssue): string {
  const keys = path.map((step) => String(typeof step === "object" ? step.key : step));
  return keys.length === 0 ? "the state" : keys.join(".");
}
