/**
 * How much of a body is read: stated with a view, its route or the Configurator.
 *
 * @module
 */

import { checkOptions, fitsOptions, type OptionKind, type OptionKinds } from "../check_options.ts";

/** How much of a body is read. */
export interface BodyLimits {
  /** The most bytes. @default {1048576} */
  readonly maxBytes?: number;
}

/** How much of a form is read. */
export interface FormLimits extends BodyLimits {
  /** The most fields and files, counted together. @default {1000} */
  readonly maxParts?: number;
}

/**
 * How much of a request the app reads. The limits hold for the view, the CSRF check and predicates.
 */
export interface RequestLimits extends FormLimits {
  /**
   * The most bytes of a form whose files the view streams with `request.parts()`. `maxBytes` then
   * bounds its fields. Default: no file is streamed, and `maxBytes` bounds the whole body.
   */
  readonly maxStreamedBytes?: number;
  /** The most bytes of each streamed file. Default: `maxStreamedBytes`. */
  readonly maxFileBytes?: number;
}

const WHOLE: OptionKind = {
  expected: "a whole number of 0 or more",
  is: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
};

/** The kinds of the values in {@linkcode RequestLimits}. */
export const REQUEST_LIMIT_KINDS: OptionKinds<RequestLimits> = {
  maxBytes: WHOLE,
  maxParts: WHOLE,
  maxStreamedBytes: WHOLE,
  maxFileBytes: WHOLE,
};

/** What an option `bodyLimits` takes. */
export const BODY_LIMITS: OptionKind = {
  expected: "limits that are whole numbers, such as { maxBytes: 5_000_000 }",
  is: (value) => fitsOptions(value, REQUEST_LIMIT_KINDS),
  found(value) {
    try {
      checkOptions("bodyLimits", value, REQUEST_LIMIT_KINDS);
    } catch (error) {
      if (error instanceof Error) return `what was given (${error.message})`;
    }
    return "what was given";
  },
};

/**
 * The limits that hold for a request, all of them.
 *
 * @internal
 */
export interface HeldLimits {
  /** Most bytes in memory. */
  readonly maxBytes: number;
  /** Most fields and files. */
  readonly maxParts: number;
  /** Most bytes of a form whose files are streamed. `null` means that no file is streamed. */
  readonly maxStreamedBytes: number | null;
  /** Most bytes of a file that is streamed. */
  readonly maxFileBytes: number;
}

/** The limits if none are stated: 1 MiB, and 1,000 fields and files. */
export const DEFAULT_LIMITS: HeldLimits = Object.freeze({
  maxBytes: 1024 * 1024,
  maxParts: 1000,
  maxStreamedBytes: null,
  maxFileBytes: Infinity,
});

/**
 * The stated limits, completed by the limits that hold without them. If nothing is stated, it
 * returns the same object.
 */
export function limitsOver(held: HeldLimits, stated: RequestLimits | undefined): HeldLimits {
  if (stated === undefined) return held;
  const { maxBytes, maxParts, maxStreamedBytes, maxFileBytes } = stated;
  return {
    maxBytes: maxBytes ?? held.maxBytes,
    maxParts: maxParts ?? held.maxParts,
    maxStreamedBytes: maxStreamedBytes ?? held.maxStreamedBytes,
    maxFileBytes: maxFileBytes ?? held.maxFileBytes,
  };
}

/** The larger of each. */
export function largerLimits(one: HeldLimits, other: HeldLimits): HeldLimits {
  if (one === other) return one;
  const streamed = Math.max(one.maxStreamedBytes ?? -1, other.maxStreamedBytes ?? -1);
  return {
    maxBytes: Math.max(one.maxBytes, other.maxBytes),
    maxParts: Math.max(one.maxParts, other.maxParts),
    maxStreamedBytes: streamed === -1 ? null : streamed,
    maxFileBytes: Math.max(one.maxFileBytes, other.maxFileBytes),
  };
}
