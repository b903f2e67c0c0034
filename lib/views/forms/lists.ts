/**
 * Finds out which fields of a form are lists for its schema.
 *
 * @module
 */

import type { SchemaIssue, StandardSchema } from "../../standard_schema.ts";
import { type Checked, checkedBy, type SchemaUse, stepsOf } from "./schema_check.ts";
import { type SentFields, valuesToCheck } from "./sent_fields.ts";

/** What became of the fields. */
export interface CheckedFields<Value> {
  /** What the schema said. */
  readonly checked: Checked<Value>;
  /** The fields that are lists. */
  readonly lists: ReadonlySet<string>;
}

/** No visitor can send it, and no schema of a field accepts it. */
const NO_FIELD: unknown = Object.freeze(Object.create(null));

/**
 * Validates fields. A field is a list if the schema wants one.
 *
 * A Standard Schema does not describe itself. It is therefore asked: a schema that finds a fault
 * within a list wants the list. It is asked about fields that were sent several times, and about
 * those that it refuses as a whole. The question holds nothing that a visitor sent.
 *
 * @param use The schema.
 * @param sent The fields.
 * @param stated The names of all lists, if the view states them. Then the schema is called once.
 */
export async function checkedFields<Value>(
  use: SchemaUse<Value>,
  sent: SentFields,
  stated: readonly string[] | undefined,
): Promise<CheckedFields<Value>> {
  const check = async (lists: ReadonlySet<string>): Promise<CheckedFields<Value>> => ({
    checked: await checkedBy(use, valuesToCheck(sent, lists)),
    lists,
  });
  if (stated !== undefined) return await check(new Set(stated));
  const several = [...sent].filter(([, values]) => values.length > 1).map(([name]) => name);
  const first = await check(await wantedLists(use.schema, several));
  const { issues } = first.checked;
  if (issues === undefined) return first;
  const refused = new Set(issues.map(stepsOf).filter(({ length }) => length === 1).flat());
  const asked = [...refused].filter((name) => !several.includes(name));
  const more = await wantedLists(use.schema, asked);
  return more.size === 0 ? first : await check(new Set([...first.lists, ...more]));
}

/** Those of the fields that the schema wants as lists. */
async function wantedLists(
  schema: StandardSchema,
  names: readonly string[],
): Promise<ReadonlySet<string>> {
  if (names.length === 0) return new Set();
  try {
    const sent: SentFields = new Map(names.map((name) => [name, [NO_FIELD]]));
    const { issues = [] } = await schema["~standard"].validate(valuesToCheck(sent, new Set(names)));
    return new Set(names.filter((name) => issues.some((issue) => isWithin(issue, name))));
  } catch {
    // A schema may throw for what no visitor can send. Then it is asked about each field.
    if (names.length === 1) return new Set();
  }
  const each = await Promise.all(names.map((name) => wantedLists(schema, [name])));
  return new Set(each.flatMap((found) => [...found]));
}

function isWithin(issue: SchemaIssue, name: string): boolean {
  const [field, index] = stepsOf(issue);
  return field === name && index === "0";
}
