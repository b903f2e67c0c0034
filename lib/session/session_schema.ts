/**
 * Schemas of sessions: any validator that speaks Standard Schema.
 *
 * @module
 */

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

/** Makes the state of this version of an app from that of an earlier one; anything else than an object gives a new session. */
export type Migrate = (old: Readonly<Record<string, unknown>>) => unknown;

/** Fits states to the app's schema. */
export class SessionSchema {
  readonly #schema: StandardSchema;
  readonly #migrate: Migrate | undefined;
  readonly #logger: Logger;

  /** Takes the schema, and the way from an earlier one. */
  constructor(schema: StandardSchema, migrate: Migrate | undefined, logger: Logger) {
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
    const old = Object.fromEntries(values);
    const fitted = await this.#fit(old);
    if (fitted !== null) return { values: fitted, migrated: false };
    const migrated = this.#migrate === undefined ? null : await this.#fit(this.#migrated(old));
    return migrated === null ? null : { values: migrated, migrated: true };
  }

  /**
   * The state as the schema makes it, to be written.
   *
   * @throws {SessionSchemaError} If it does not fit.
   */
  async write(values: ReadonlyMap<string, unknown>): Promise<Map<string, unknown>> {
    const result = await this.#schema["~standard"].validate(Object.fromEntries(values));
    if (result.issues !== undefined) throw new SessionSchemaError(result.issues);
    return mapOf(result.value) ?? new Map();
  }

  async #fit(value: unknown): Promise<Map<string, unknown> | null> {
    if (mapOf(value) === null) return null;
    const result = await this.#schema["~standard"].validate(value);
    return result.issues === undefined ? mapOf(result.value) : null;
  }

  // A cookie of a shape that the app forgot must not lock its visitor out.
  #migrated(old: Record<string, unknown>): unknown {
    try {
      return this.#migrate?.(old);
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
