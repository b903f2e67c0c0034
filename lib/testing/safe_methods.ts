/**
 * Methods that change nothing.
 *
 * @module
 */

/** The safe methods of RFC 9110, section 9.2.1. */
export const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);
