/**
 * What Standard Schema agrees on: the interface of validators such as zod, valibot and arktype.
 *
 * @module
 */

/** One fault of a value, as Standard Schema describes it. */
export interface SchemaIssue {
  /** The fault in words. */
  readonly message: string;
  /** The path to the fault in the value. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The result of a schema's validation. */
export type SchemaResult<Output> =
  | {
    /** The value that the schema made, for example with defaults and without unknown keys. */
    readonly value: Output;
    /** Undefined, because the value is valid. */
    readonly issues?: undefined;
  }
  | {
    /** The faults of the value. */
    readonly issues: readonly SchemaIssue[];
  };

/**
 * A validator that implements Standard Schema, version 1, such as those of zod, valibot and
 * arktype.
 */
export interface StandardSchema<Output = unknown> {
  /** The interface of Standard Schema. */
  readonly "~standard": {
    /** Always 1. */
    readonly version: 1;
    /** The name of the validator's library. */
    readonly vendor: string;
    /** Validates a value. */
    readonly validate: (
      value: unknown,
    ) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
  };
}
