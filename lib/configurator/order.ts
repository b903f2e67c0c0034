/**
 * The order of things of which some say what they stand under or over.
 *
 * @module
 */

import {
  checkOptions,
  either,
  FUNCTION,
  listOf,
  NAME,
  type OptionKinds,
  TEXT,
} from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import { didYouMean } from "../did_you_mean.ts";
import { SourceLocation } from "../source_location.ts";
import { checkFunction, identityOf } from "./statements.ts";

/** Where something stands among others: by their names, or by themselves. */
export interface PlacementOptions<Thing> {
  /** Its own name. Default: that of the function. */
  readonly name?: string;
  /** What is further out. */
  readonly under?: string | Thing | readonly (string | Thing)[];
  /** What is further in. */
  readonly over?: string | Thing | readonly (string | Thing)[];
}

const NEIGHBOURS = either(
  TEXT,
  FUNCTION,
  listOf(either(TEXT, FUNCTION), "a list of these"),
);

const PLACEMENT_KINDS: OptionKinds<PlacementOptions<unknown>> = {
  name: NAME,
  under: NEIGHBOURS,
  over: NEIGHBOURS,
};
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

/**
 * Refuses what cannot stand among others.
 *
 * @param what What it is, for the message.
 * @throws {ConfigurationError} If it is no function, or an option is wrong or unknown.
 */
export function checkPlaced(what: string, thing: unknown, options: unknown): void {
  checkFunction(what, thing);
  checkOptions(what, options, PLACEMENT_KINDS);
}

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
  const name = anonymous.get(thing) ?? `${identity} at ${new SourceLocation()}`;
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
