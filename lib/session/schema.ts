/**
 * Validates sessions with any validator that implements Standard Schema.
 *
 * @module
 */

import type { Logger } from "../log.ts";
import type { SchemaIssue, StandardSchema } from "../standard_schema.ts";

/**
 * The session does not fit its schema at the end of a request, so the factory could not read it
 * back.
 */
export class SessionSchemaError extends TypeError {
  /** Always `"SessionSchemaError"`. */
  override name = "SessionSchemaError";
  /** The faults that the schema found. */
  readonly issues: readonly SchemaIssue[];

  /** Makes the error. */
  constructor(issues: readonly SchemaIssue[]) {
    const list = issues.map((issue) => `${pathOf(issue)}: ${issue.message}`).join("; ");
    super(`Cannot store the session: its schema refuses ${list}`);
    this.issues = issues;
  }
}

/**
 * Converts the state of an earlier version of an app into the state of this version, or into a
 * promise of it. If the result is not an object, then the visitor gets a new session.
 */
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

  /** Gives the values of a new session: the schema's defaults, or none. */
  async blank(): Promise<Map<string, unknown>> {
    return await this.#fit({}) ?? new Map();
  }

  /**
   * Gives the state that the schema makes from a cookie, after a migration if it is needed. It is
   * `null` if the state does not fit.
   */
  async read(
    values: ReadonlyMap<string, unknown>,
  ): Promise<{ values: Map<string, unknown>; migrated: boolean } | null> {
    // For example with flash messages alone: the values of a new session always fit.
    if (values.size === 0) return { values: await this.blank(), migrated: false };
    const fitted = await this.#fit(Object.fromEntries(values));
    if (fitted !== null) return { values: fitted, migrated: false };
    const migrated = await this.#migrated(Object.fromEntries(values));
    return migrated === null ? null : { values: migrated, migrated: true };
  }

  /**
   * Gives the state that the schema makes, to be written. An emptied session becomes the state of a
   * new one, so that visitors can sign out if the schema has required keys.
   *
   * @throws {SessionSchemaError} If the state does not fit.
   */
  async write(values: ReadonlyMap<string, unknown>): Promise<Map<string, unknown>> {
    if (values.size === 0) return await this.blank();
    const result = await this.#schema["~standard"].validate(Object.fromEntries(values));
    if (result.issues !== undefined) throw new SessionSchemaError(result.issues);
    const state = mapOf(result.value);
    if (state !== null) return state;
    throw new TypeError("Cannot store the session: what its schema makes of it is not an object");
  }

  // A cookie of an unknown shape must not lock its visitor out.
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
