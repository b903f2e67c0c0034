/**
 * Orders tweens and view derivers by the options `under` and `over`.
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

/**
 * The options that place a tween or deriver among the others. Give the name of another one, or the
 * function itself.
 */
export interface PlacementOptions<Thing> {
  /** Its name, to which others refer. Default: the name of the function. */
  readonly name?: string;
  /** The ones that stand further out than this one. */
  readonly under?: string | Thing | readonly (string | Thing)[];
  /** The ones that stand further in than this one. */
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
/** A tween or deriver with its position. */
export interface Ordered {
  /** Its name. */
  readonly name: string;
  /** A second name, computed from the function, for references by the function itself. */
  readonly identity?: string;
  /** The names of those that stand further out. */
  readonly under: readonly string[];
  /** The names of those that stand further in. */
  readonly over: readonly string[];
}

/**
 * Orders things from the outermost to the innermost. It keeps the given order unless `under` or
 * `over` demand another.
 *
 * @param what The word for them in messages, such as `tween`.
 * @param things The things in the given order, the outermost first.
 * @throws {ConfigurationError} If a name is unknown, or the positions form a circle.
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
    `Cannot order ${what}s: their options "under" and "over" form a circle: ${
      names.join(" under ")
    }`,
  );
}

/**
 * Checks a tween or deriver and its options.
 *
 * @param what The word for it in messages.
 * @throws {ConfigurationError} If it is not a function, or an option is wrong or unknown.
 */
export function checkPlaced(what: string, thing: unknown, options: unknown): void {
  checkFunction(what, thing);
  checkOptions(what, options, PLACEMENT_KINDS);
}

/**
 * Gives a thing its name and its position.
 *
 * @param thing The function, to which others can refer.
 * @param options Its name and its position.
 * @param reserved The names that every app has already.
 * @throws {ConfigurationError} If its name is reserved.
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
      `Cannot add "${name}": every app has one of this name already: give it another "name"`,
    );
  }
  return {
    name,
    identity,
    under: namesOf(options.under),
    over: namesOf(options.over),
  };
}

/**
 * The names of functions without a name, so that one function keeps its name if it is added again.
 */
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
