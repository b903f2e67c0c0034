/**
 * Values that a database keeps as one JSON object of texts.
 *
 * @module
 */

import { BrokenRecordError } from "./record_errors.ts";

/**
 * Reads the values of a session.
 *
 * @param id The session's id, for the error.
 * @param data The JSON.
 * @throws {BrokenRecordError} If the JSON is not an object of texts.
 */
export function valuesInJson(id: string, data: string): Map<string, string> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(data);
  } catch (cause) {
    throw new BrokenRecordError(id, "its data is not JSON", cause);
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new BrokenRecordError(id, "its data is not an object");
  }
  const values = new Map<string, string>();
  for (const [key, text] of Object.entries(parsed)) {
    if (typeof text !== "string") {
      throw new BrokenRecordError(id, "a value in its data is not text");
    }
    values.set(key, text);
  }
  return values;
}
