/**
 * The order of things of which some say what they stand under or over.
 *
 * @module
 */

import { ConfigurationError } from "../configuration_error.ts";
import { didYouMean } from "../did_you_mean.ts";

/** Something to be ordered. */
export interface Ordered {
  /** Its name. */
  readonly name: string;
  /** A second name, that only the thing itself gives. */
  readonly identity?: string;
  /** The names of what is further out. */
  readonly under: readonly string[];
  /** The names of what is further in. */
  readonly over: readonly string[];
}

/**
 * Orders things from the outermost in: as given, except where `under` and `over` say otherwise.
 *
 * @param what What they are, for messages.
 * @param things The things, outermost first where nothing says otherwise.
 * @throws {ConfigurationError} If a name is unknown, or they stand under each other in a circle.
 */
export function outermostFirst<Thing extends Ordered>(
  what: string,
  things: readonly Thing[],
): Thing[] {
  const byName = new Map(things.map((thing) => [thing.name, thing]));
  const byIdentity = new Map(things.map((thing) => [thing.identity, thing]));
  const outside = new Map(things.map((thing) => [thing, new Set<Thing>()]));
  const find = (name: string, thing: Thing): Thing => {
    const found = byName.get(name) ?? byIdentity.get(name);
    if (found !== undefined) return found;
    throw new ConfigurationError(
      `Cannot order ${what} "${thing.name}": there is no ${what} "${name}"${
        didYouMean(name, byName.keys())
      }`,
    );
  };
  for (const thing of things) {
    for (const name of thing.under) outside.get(thing)!.add(find(name, thing));
    for (const name of thing.over) outside.get(find(name, thing))!.add(thing);
  }
  const ordered: Thing[] = [];
  const left = new Set(things);
  while (left.size > 0) {
    const next = [...left].find((thing) => outside.get(thing)!.isDisjointFrom(left));
    if (next === undefined) throw circle(what, left, outside);
    ordered.push(next);
    left.delete(next);
  }
  return ordered;
}

function circle<Thing extends Ordered>(
  what: string,
  left: ReadonlySet<Thing>,
  outside: ReadonlyMap<Thing, ReadonlySet<Thing>>,
): ConfigurationError {
  const path: Thing[] = [];
  let [thing] = left;
  while (thing !== undefined && !path.includes(thing)) {
    path.push(thing);
    [thing] = outside.get(thing)!.intersection(left);
  }
  const names = [...path.slice(path.indexOf(thing!)), thing!].map(({ name }) => `"${name}"`);
  return new ConfigurationError(
    `Cannot order ${what}s: they stand under each other in a circle: ${names.join(" under ")}`,
  );
}
