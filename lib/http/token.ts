/**
 * The `token` of RFC 9110, section 5.6.2: names of headers, cookies and parameters.
 *
 * @module
 */

/**
 * Whole text that is a token; no flag, so that it keeps no state.
 *
 * @internal
 */
export const TOKEN: RegExp = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
