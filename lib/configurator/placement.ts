/**
 * Where something stands among others.
 *
 * @module
 */

import { ConfigurationError } from "../configuration_error.ts";
import { Place } from "../place.ts";
import { identityOf } from "./identity.ts";
import type { PlacementOptions } from "./options.ts";
import type { Ordered } from "./order.ts";

/**
 * The name of a thing, and the names of what it stands under and over.
 *
 * @param thing The thing, by which others can refer to it.
 * @param options Where it stands.
 * @param reserved The names of places that are always there.
 * @throws {ConfigurationError} If its name is one of those.
 */
export function placementOf<Thing extends (...args: never[]) => unknown>(
  thing: Thing,
  options: PlacementOptions<Thing>,
  reserved: readonly string[],
): Ordered {
  const identity = identityOf(thing);
  const name = options.name ?? (thing.name || anonymousName(thing, identity));
  if (reserved.includes(name)) {
    throw new ConfigurationError(
      `Cannot add "${name}": it is the name of a place that is always there; give another "name"`,
    );
  }
  return {
    name,
    identity,
    under: namesOf(options.under),
    over: namesOf(options.over),
  };
}

/** Where they were stated first: the same function has one name, wherever it is stated again. */
const anonymous = new WeakMap<object, string>();

function anonymousName(thing: object, identity: string): string {
  const name = anonymous.get(thing) ?? `${identity} at ${new Place()}`;
  anonymous.set(thing, name);
  return name;
}

function namesOf<Thing extends object>(
  stated: string | Thing | readonly (string | Thing)[] | undefined,
): string[] {
  if (stated === undefined) return [];
  const list = Array.isArray(stated) ? stated : [stated];
  return list.map((one) => typeof one === "string" ? one : identityOf(one));
}
