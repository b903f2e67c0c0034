/**
 * Makes the scoped parts of an app, each with its tweens, exception views and subscribers around it.
 *
 * @module
 */

import {
  ApplicationCreated,
  NewRequest,
  type ScopedSubscription,
  Subscribers,
} from "../app/events.ts";
import type { CsrfReport, ScopeReport } from "../app/report.ts";
import type { ScopedPart } from "../app/scopes.ts";
import { type AppAddresses, EXCEPTION_VIEWS, INGRESS, MAIN, wrapped } from "../app/tweens.ts";
import { ConfigurationError } from "../configuration_error.ts";
import { whenReady } from "../promises.ts";
import { Route } from "../routing/route.ts";
import type { CsrfPolicy } from "../views/csrf.ts";
import { type Handler, wrappedBy } from "../views/handler.ts";
import { type RequestEnvironment, requestState } from "../views/request.ts";
import { exactPolicy } from "../views/security.ts";
import type { Part } from "./includes.ts";
import { type Ordered, outermostFirst } from "./order.ts";
import type { Plan, PlannedTween, ScopePlan } from "./plan.ts";
import { declaredAt } from "./statements.ts";
import type { ScopeRules } from "./view_assembly.ts";

/** What an app, or a scoped part, puts around the handling of its requests. */
export interface Layer<Data extends object> {
  /** The tweens, outermost first. */
  readonly tweens: readonly PlannedTween<Data>[];
  /** Whether a tween stands under the exception views, and so expects errors to be thrown. */
  readonly expectsThrows: boolean;
  /** Puts the layer around a handler. */
  readonly wrap: (handler: Handler<Data>) => Handler<Data>;
}

/**
 * Makes the layer of an app, or of a scoped part: its tweens, with its exception views and its
 * subscribers at their places.
 *
 * @param plan What the app or the part states.
 * @param answerExceptions The tween in which exception views answer.
 * @param around The tweens of the parts around it.
 * @throws {ConfigurationError} If the tweens cannot be ordered.
 */
export function layerOf<Data extends object>(
  { tweens, subscriptions }: ScopePlan<Data>,
  answerExceptions: (handler: Handler<Data>) => Handler<Data>,
  around: readonly PlannedTween<Data>[] = [],
): Layer<Data> {
  const place = (name: string, under: string[]): PlannedTween<Data> => ({
    name,
    under,
    over: [],
    tween: name === EXCEPTION_VIEWS ? answerExceptions : (handler) => handler,
  });
  // The tween that was added last is the outermost.
  const added = [...tweens.values()].reverse().map((tween) => ({
    ...withoutAround(tween, tweens, around),
    tween: (handler: Handler<Data>) => wrappedBy(tween.tween, handler),
  }));
  const ordered = outermostFirst("tween", [
    place(INGRESS, []),
    ...added,
    place(EXCEPTION_VIEWS, [INGRESS]),
    place(MAIN, [EXCEPTION_VIEWS]),
  ]);
  const subscribers = new Subscribers(subscriptions.map((one) => ({ ...one, scope: null })));
  return {
    tweens: ordered,
    expectsThrows: ordered.at(-2)?.name !== EXCEPTION_VIEWS,
    wrap: (handler) => wrapped(ordered.map(({ tween }) => tween), announced(subscribers, handler)),
  };
}

/**
 * The position of a tween without the names of tweens around the part, which stand further out
 * anyway.
 */
function withoutAround<Data extends object>(
  tween: PlannedTween<Data>,
  own: ReadonlyMap<string, Ordered>,
  around: readonly Ordered[],
): PlannedTween<Data> {
  const isOwn = (name: string) =>
    own.has(name) || own.values().some(({ identity }) => identity === name);
  const isAround = (name: string) =>
    !PLACES.includes(name) && !isOwn(name) &&
    around.some((outer) => outer.name === name || outer.identity === name);
  const inside = tween.over.find(isAround);
  if (inside !== undefined) {
    const name = around.find(({ identity }) => identity === inside)?.name ?? inside;
    throw new ConfigurationError(
      `Cannot put tween "${tween.name}" of a scoped part over "${name}": the tweens of the app stand outside of those of the part: leave out over`,
    );
  }
  return {
    ...tween,
    under: [INGRESS, ...tween.under.filter((name) => !isAround(name))],
    over: [MAIN, ...tween.over],
  };
}

const PLACES: readonly string[] = [INGRESS, EXCEPTION_VIEWS, MAIN];

function announced<Data extends object>(
  subscribers: Subscribers,
  handler: Handler<Data>,
): Handler<Data> {
  if (!subscribers.has(NewRequest)) return handler;
  return (request, state) =>
    subscribers.tell(new NewRequest(request)).then(() => handler(request, state));
}

/** The subscriptions of an app and of its scoped parts. */
export function allSubscriptions<Data extends object>(
  plan: Plan<Data>,
  scopes: readonly Part[],
): ScopedSubscription[] {
  const own = plan.subscriptions.map((one) => ({ ...one, scope: null }));
  return [
    ...own,
    ...scopes.flatMap((scope) =>
      plan.of(scope).subscriptions.map((one) => ({
        ...one,
        // The app is made once, whatever part waits for it.
        scope: isOfApp(one.event) ? null : scope,
      }))
    ),
  ];
}

function isOfApp(event: ScopedSubscription["event"]): boolean {
  return event === ApplicationCreated || event.prototype instanceof ApplicationCreated;
}

/** What requests of the app and of its parts share, as far as it depends on the part. */
export function rulesOfRequests<Data extends object>(
  { held, settings: { csrf }, bodyLimits }: ScopeRules<Data>,
  addresses: AppAddresses,
): Pick<
  RequestEnvironment<Data>,
  "securityPolicy" | "sessionGuard" | "settings" | "bodyLimits" | "headerPolicies"
> {
  const { securityPolicy, settings, headerPolicies } = held;
  return {
    securityPolicy: securityPolicy &&
      exactPolicy(securityPolicy.policy, String(securityPolicy.place)),
    sessionGuard: csrf,
    settings: Object.freeze({ ...settings }),
    bodyLimits,
    headerPolicies: headerPolicies.values().map((make) => make(addresses)).toArray(),
  };
}

/** What the scoped parts of an app are made of. */
export interface ScopeSources<Data extends object> {
  /** What the app states. */
  readonly plan: Plan<Data>;
  /** The layer of the app. */
  readonly layer: Layer<Data>;
  /** What the app's own requests share. */
  readonly environment: RequestEnvironment<Data>;
  /** What header policies may ask. */
  readonly addresses: AppAddresses;
  /** The tween in which exception views answer. */
  readonly answerExceptions: (handler: Handler<Data>) => Handler<Data>;
  /** What holds in a scope. */
  readonly rulesOf: (part: Part) => ScopeRules<Data>;
}

/** The scoped parts of an app, and their report. */
export interface AssembledScopes<Data extends object> {
  /** The parts, each after the parts around it. */
  readonly parts: readonly ScopedPart<Data>[];
  /** The same in words. */
  readonly report: readonly ScopeReport[];
}

/**
 * Makes the scoped parts of an app.
 *
 * @param scopes The parts of the configuration that are scoped, each after the parts around it.
 * @param sources What they are made of.
 * @throws {ConfigurationError} If the tweens of a part cannot be ordered, or its prefix is no
 * pattern.
 */
export function assembleScopes<Data extends object>(
  scopes: readonly Part[],
  { plan, layer, environment, addresses, answerExceptions, rulesOf }: ScopeSources<Data>,
): AssembledScopes<Data> {
  const made = new Map<Part, { scope: Part; part: ScopedPart<Data>; layer: Layer<Data> }>();
  const around = ({ parent }: Part) => parent === null ? undefined : made.get(parent.scope);
  const tweensAround = (scope: Part): readonly PlannedTween<Data>[] => {
    const one = around(scope);
    return one === undefined ? layer.tweens : [...tweensAround(one.scope), ...one.layer.tweens];
  };
  for (const scope of scopes) {
    const outer = around(scope);
    const own = layerOf(plan.of(scope), answerExceptions, tweensAround(scope));
    const throwsAgain = (outer?.layer ?? layer).expectsThrows;
    made.set(scope, {
      scope,
      layer: own,
      part: {
        part: scope,
        outer: outer?.part ?? null,
        prefixes: prefixesOf(scope),
        environment: Object.freeze({
          ...environment,
          ...rulesOfRequests(rulesOf(scope), addresses),
          scope,
        }),
        wrap: throwsAgain ? (handler) => throwingAgain(own.wrap(handler)) : own.wrap,
      },
    });
  }
  return {
    parts: [...made.values()].map(({ part }) => part),
    report: [...made].map(([scope, { part: { outer }, layer }]) => ({
      name: String(scope),
      prefix: scope.ownsPrefix ? scope.prefix : null,
      within: outer === null ? null : String(outer.part),
      tweens: layer.tweens.map(({ name }) => name),
      csrf: csrfReport(rulesOf(scope).settings.csrf),
    })),
  };
}

/**
 * Throws the answer to an error again, as the tweens under the outer exception views expect of an
 * error. The outer exception views then answer with it.
 */
function throwingAgain<Data extends object>(handler: Handler<Data>): Handler<Data> {
  return (request, state = requestState(request)) =>
    whenReady(handler(request, state), (response) => {
      if (state.failure !== "none") throw response;
      return response;
    });
}

function prefixesOf(scope: Part): Route[] {
  if (!scope.ownsPrefix) return [];
  try {
    return [scope.prefix, `${scope.prefix}/*`].map((pattern) => new Route("prefix", pattern));
  } catch (error) {
    throw declaredAt(error, `the scoped part ${scope}`);
  }
}

/** The CSRF checks in words. Undefined without sessions. */
export function csrfReport(csrf: CsrfPolicy | undefined): CsrfReport | undefined {
  return csrf && {
    checksOrigin: csrf.checksOrigin,
    checksTokens: csrf.requiredByDefault,
    hasExemptions: csrf.hasExemptions,
  };
}
