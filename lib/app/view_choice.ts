/**
 * Which of several views answers: those of a route, and those for what was thrown.
 *
 * @module
 */

import type { AcceptPredicate } from "../views/predicates/accept.ts";
import type { MethodPredicate } from "../views/predicates/method.ts";
import type { Predicate } from "../views/predicates/predicate.ts";
import type { AnyViewRequest } from "../views/request.ts";

/** What decides whether a view answers a request. */
export interface ChosenBy {
  /** Which methods it answers. */
  readonly methods: MethodPredicate;
  /** What else must hold. */
  readonly predicates: readonly Predicate[];
  /** The one of the predicates that tells how welcome the view is. */
  readonly accept: AcceptPredicate | null;
  /** How many predicates it states, the method included; half a one for default methods. */
  readonly weight: number;
}

/**
 * The first of the views whose predicates hold; undefined where there is none. A promise where a
 * predicate has to wait, as one on a form's fields does.
 *
 * @param views Those that state more first.
 * @param request The request.
 */
export function chooseView<View extends ChosenBy>(
  views: readonly View[],
  request: AnyViewRequest,
): View | undefined | Promise<View | undefined> {
  const welcome = inOrder(views, request);
  for (let i = 0; i < welcome.length; i++) {
    const view = welcome[i]!;
    if (!view.methods.holds(request.method)) continue;
    const held = holds(view.predicates, request);
    if (held instanceof Promise) return firstOf(welcome, i, held, request);
    if (held) return view;
  }
  return undefined;
}

async function firstOf<View extends ChosenBy>(
  views: readonly View[],
  at: number,
  held: Promise<boolean>,
  request: AnyViewRequest,
): Promise<View | undefined> {
  if (await held) return views[at];
  for (const view of views.slice(at + 1)) {
    if (view.methods.holds(request.method) && await holds(view.predicates, request)) return view;
  }
  return undefined;
}

function holds(
  predicates: readonly Predicate[],
  request: AnyViewRequest,
): boolean | Promise<boolean> {
  for (let i = 0; i < predicates.length; i++) {
    const held = predicates[i]!.holds(request);
    if (held instanceof Promise) {
      return held.then((held) => held && holds(predicates.slice(i + 1), request));
    }
    if (!held) return false;
  }
  return true;
}

/** The views in the order in which they are tried: of those that state as much, the most welcome first. */
export function inOrder<View extends ChosenBy>(
  views: readonly View[],
  request: AnyViewRequest,
): readonly View[] {
  if (views.length < 2 || views.every(({ accept }) => accept === null)) return views;
  const quality = new Map(views.map((view) => [view, view.accept?.quality(request) ?? 0]));
  return views.toSorted((one, other) =>
    other.weight - one.weight || quality.get(other)! - quality.get(one)!
  );
}
