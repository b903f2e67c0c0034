/**
 * The wraps round a view, from permission to rendering.
 *
 * @module
 */

import { whenReady } from "../promises.ts";
import type { CsrfPolicy } from "./csrf.ts";
import { type Handler, type RequestHandler, wrappedBy } from "./handler.ts";
import { cachedFor } from "./http_cache.ts";
import type { MethodPredicate } from "./predicates/method.ts";
import type { AnyData, ViewRequest } from "./request.ts";
import { demandFreshSignIn, demandPermission } from "./security.ts";
import type { HandlerDecorator, ViewOptions } from "./view.ts";

/** What a deriver receives about the view that it wraps. */
export interface DeriverInfo {
  /**
   * What the view is called, such as `view read`. A view without a name is called `view at` and its
   * source location.
   */
  readonly name: string;
  /** The route's name. */
  readonly routeName: string;
  /**
   * The options that were stated with the view. The values of an add-on's own options are in
   * `custom`.
   */
  readonly options: ViewOptions;
}

/**
 * Wraps every view of an app. Pyramid: what `add_view_deriver` takes.
 *
 * @typeParam Data The keys of the app's sessions. Default: those of any app.
 * @typeParam Taken The request that the deriver takes. Default: one of an app with these sessions.
 */
export type ViewDeriver<Data extends object = AnyData, Taken = ViewRequest<Data>> = (
  handler: RequestHandler,
  info: DeriverInfo,
) => RequestHandler<Data, Taken>;

/** A deriver of the library. */
export interface BuiltInDeriver<Data extends object> {
  /** The name, by which others stand under or over it. */
  readonly name: string;
  /** Wraps a view that answers these methods. */
  readonly derive: (
    handler: Handler<Data>,
    info: DeriverInfo,
    methods: MethodPredicate,
  ) => Handler<Data>;
}

/** The names of the built-in derivers, outermost first. */
export const BUILT_IN_DERIVERS = [
  "secured",
  "csrf",
  "httpCached",
  "decorated",
  "rendered",
] as const;

/** What the built-in derivers need of the app. */
export interface DeriverSettings {
  /** What a view that states no permission demands. */
  readonly defaultPermission: string | undefined;
  /** How requests are checked for coming from another site. */
  readonly csrf: CsrfPolicy | undefined;
}

/**
 * The built-in derivers, outermost first. `rendered` is innermost, and does nothing here, because
 * the handler already renders.
 */
export function builtInDerivers<Data extends object>(
  settings: DeriverSettings,
): BuiltInDeriver<Data>[] {
  const { csrf } = settings;
  return [
    { name: "secured", derive: (handler, info) => secured(handler, info, settings) },
    {
      name: "csrf",
      derive: (handler, { options }, methods) =>
        csrf === undefined || !isCsrfChecked(options, csrf)
          ? handler
          : csrf.checked(handler, methods),
    },
    { name: "httpCached", derive: (handler, { options }) => httpCached(handler, options) },
    { name: "decorated", derive: (handler, { options }) => decorated(handler, options) },
    { name: "rendered", derive: (handler) => handler },
  ];
}

/** The permission that a view demands, if any. */
export function permissionOf(
  { permission }: ViewOptions,
  { defaultPermission }: DeriverSettings,
): string | undefined {
  if (permission === undefined) return defaultPermission;
  return typeof permission === "string" ? permission : undefined;
}

/** Whether a view's requests are checked for coming from another site. */
export function isCsrfChecked(
  { requireCsrf }: ViewOptions,
  csrf: CsrfPolicy | undefined,
): boolean {
  return requireCsrf === undefined ? csrf?.requiredByDefault === true : requireCsrf !== false;
}

function secured<Data extends object>(
  inner: Handler<Data>,
  info: DeriverInfo,
  settings: DeriverSettings,
): Handler<Data> {
  const { options } = info;
  const handler = fresh(inner, options);
  const permission = permissionOf(options, settings);
  if (permission === undefined) return handler;
  const permitsAnonymous = options.permitsAnonymous === true;
  return (request, state) =>
    demandPermission(request, permission, info, permitsAnonymous)
      .then(() => handler(request, state));
}

function fresh<Data extends object>(
  handler: Handler<Data>,
  { fresh }: ViewOptions,
): Handler<Data> {
  if (fresh === undefined) return handler;
  return (request, state) => demandFreshSignIn(request, fresh).then(() => handler(request, state));
}

function httpCached<Data extends object>(
  handler: Handler<Data>,
  { httpCache }: ViewOptions,
): Handler<Data> {
  if (httpCache === undefined) return handler;
  const cache = cachedFor(httpCache);
  return (request, state) => whenReady(handler(request, state), cache);
}

function decorated<Data extends object>(
  handler: Handler<Data>,
  { decorator }: ViewOptions,
): Handler<Data> {
  if (decorator === undefined) return handler;
  const wrappers: readonly HandlerDecorator[] = typeof decorator === "function"
    ? [decorator]
    : decorator;
  return wrappers.reduceRight((inner, wrap) => wrappedBy(wrap, inner), handler);
}
