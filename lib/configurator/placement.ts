/**
 * Where something stands among others.
 *
 * @module
 */

import { identityOf } from "./identity.ts";
import type { PlacementOptions } from "./options.ts";
import type { Ordered } from "./order.ts";

/**
 * The name of a thing, and the names of what it stands under and over.
 *
 * @param thing The thing, by which others can refer to it.
 * @param options Where it stands.
 */
export function placementOf<Thing extends (...args: never[]) => unknown>(
  thing: Thing,
  options: PlacementOptions<Thing>,
): Ordered {
  const identity = identityOf(thing);
  return {
    name: options.name ?? (thing.name || `anonymous ${identity}`),
    identity,
    under: namesOf(options.under),
    over: namesOf(options.over),
  };
}

function namesOf<Thing extends object>(
  stated: string | Thing | readonly (string | Thing)[] | undefined,
): string[] {
  if (stated === undefined) return [];
  const list = Array.isArray(stated) ? stated : [stated];
  return list.map((one) => typeof one === "string" ? one : identityOf(one));
}
