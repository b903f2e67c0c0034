/**
 * Who a visitor is, and what this visitor may do.
 *
 * @module
 */

import {
  BOOLEAN,
  checkValue,
  decided,
  describe,
  FUNCTION,
  NAME,
  type OptionKind,
  withFunctions,
} from "../check_options.ts";
import { type HttpErrorOptions, HttpForbidden } from "../http/errors.ts";
import { type AnyViewRequest, requestState, type ViewRequest } from "./request.ts";
import type { RequestSecurity, RequestTypes } from "./request_state.ts";

/**
 * Decides who a visitor is, and what this visitor may do. Pyramid: `ISecurityPolicy`.
 *
 * @typeParam Data The keys of the app's sessions.
 * @typeParam Identity What the app knows of a user.
 */
export interface SecurityPolicy<
  Data extends object = Record<string, unknown>,
  Identity = unknown,
> {
  /**
   * Whether the policy reads the session. If it does, `makeApp()` refuses an app without a session
   * factory. @default {false}
   */
  readonly usesSession?: boolean;
  /**
   * Whether `permits()` may grant the permission of a view to a visitor who is not signed in. In
   * TypeScript `true` needs a policy whose `Identity` includes `null`, such as
   * `SecurityPolicy<Data, User | null>`. @default {false}
   */
  readonly permitsAnonymous?: null extends Identity ? boolean : false;
  /**
   * Returns the user who is signed in, or `null` if no user is. Pyramidion calls it at most once
   * for each request.
   */
  identity(request: ViewRequest<Data>): Identity | null | Promise<Identity | null>;
  /**
   * Returns the id of the user who is signed in, or `null` if the identity is not that of a user.
   * Pyramidion calls it only if `identity()` does not give `null`. Pyramid: `authenticated_userid`.
   *
   * Default: the identity itself, if it is text.
   *
   * @param identity What `identity()` gave.
   * @param request The request.
   */
  authenticatedUserId?(
    identity: NoInfer<Identity>,
    request: ViewRequest<Data>,
  ): string | null | Promise<string | null>;
  /**
   * Whether the visitor may do something. Only `true` permits. Any value other than true or false
   * is an error.
   *
   * @param request The request. `await request.identity` gives the user, or `null`.
   * @param context What the route's `factory` returned, or undefined without a factory.
   * @param permission What the view, or `hasPermission()`, asks for.
   */
  permits(
    request: ViewRequest<
      Data,
      Record<string, string | undefined>,
      RequestTypes<unknown, NoInfer<Identity> | null>
    >,
    context: unknown,
    permission: string,
  ): boolean | Promise<boolean>;
}

/**
 * The policy in the form that requests use. Only `true` permits.
 *
 * @param policy What the app stated.
 * @param place Where, for the message.
 */
export function exactPolicy<Data extends object>(
  policy: SecurityPolicy<Data>,
  place: string,
): RequestSecurity<AnyViewRequest> {
  return {
    permitsAnonymous: policy.permitsAnonymous === true,
    identity: (request) => policy.identity(request),
    userId: async (identity, request) => {
      if (identity === null) return null;
      if (policy.authenticatedUserId === undefined) {
        return typeof identity === "string" ? identity : undefined;
      }
      const id: unknown = await policy.authenticatedUserId(identity, request);
      if (id === null || typeof id === "string" && id !== "") return id;
      throw new TypeError(
        `Cannot use the answer of authenticatedUserId() of the security policy set at ${place}: must be ${NAME.expected}, or null, not ${
          describe(id)
        }`,
      );
    },
    permits: async (request, context, permission) =>
      decided(
        await policy.permits(request, context, permission),
        `permits() of the security policy set at ${place}`,
      ),
  };
}

/** What an option `permission` takes. */
export const PERMISSION_KIND: OptionKind = {
  expected: "a string that is not empty, or NO_PERMISSION_REQUIRED",
  is: (value) => value === NO_PERMISSION_REQUIRED || NAME.is(value),
};

/** What an option `securityPolicy` takes. */
export const SECURITY_POLICY: OptionKind = withFunctions("identity", "permits");

/**
 * Refuses a value that is not a security policy. The functions of a policy may be methods of a
 * class.
 *
 * @throws {ConfigurationError} If a function is missing, `authenticatedUserId` is not a function, or
 * `usesSession` or `permitsAnonymous` is neither true nor false.
 */
export function checkSecurityPolicy<Data extends object>(policy: SecurityPolicy<Data>): void {
  checkValue("the security policy", policy, SECURITY_POLICY);
  const { authenticatedUserId, permitsAnonymous = false, usesSession = false } = policy;
  if (authenticatedUserId !== undefined) {
    checkValue("authenticatedUserId of the security policy", authenticatedUserId, FUNCTION);
  }
  checkValue("usesSession of the security policy", usesSession, BOOLEAN);
  checkValue("permitsAnonymous of the security policy", permitsAnonymous, BOOLEAN);
}

/** What a view states to be free of the default permission. Pyramid: `NO_PERMISSION_REQUIRED`. */
export const NO_PERMISSION_REQUIRED: unique symbol = Symbol("no permission required");

/** A permission, or none although there is a default one. */
export type Permission = string | typeof NO_PERMISSION_REQUIRED;

/**
 * Lets a request pass if its visitor has the permission.
 *
 * @param request The request.
 * @param permission The permission.
 * @param view The view, which names itself for the message.
 * @param permitsAnonymous Whether a visitor who is not signed in may have the permission.
 * @throws {HttpForbidden} If the visitor does not have the permission.
 * @throws {TypeError} If the policy grants the permission to a visitor who is not signed in, and
 * the view does not foresee it.
 */
export async function demandPermission<Data extends object>(
  request: ViewRequest<Data>,
  permission: string,
  view: { readonly name: string },
  permitsAnonymous: boolean,
): Promise<void> {
  if (!await request.hasPermission(permission)) {
    throw new HttpForbidden("You do not have permission to see this page.");
  }
  const { securityPolicy } = requestState(request).environment;
  if (permitsAnonymous || securityPolicy?.permitsAnonymous === true) return;
  if (await request.identity !== null) return;
  throw new TypeError(
    `Cannot call ${view.name}: permits() granted "${permission}" to a visitor who is not signed in: let it return false, or state permitsAnonymous: true with the view or the policy`,
  );
}

/** What an option `fresh` takes. */
export const FRESH_KIND: OptionKind = {
  expected: "a number of seconds above 0",
  is: (value) => typeof value === "number" && value > 0 && Number.isFinite(value),
};

/**
 * 403: the view wants a sign-in that is no older than its option `fresh`. OWASP ASVS 5.0, 7.5.3.
 *
 * It is an `HttpForbidden`, so a forbidden view answers it too. An exception view for this class
 * goes first. `signInAgain()` of `@pyramidion/pyramidion/authentication` makes such a view.
 *
 * @example A sign-in of the last five minutes
 * ```ts
 * import { HttpForbidden, StaleSignIn } from "@pyramidion/pyramidion";
 * import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const error = new StaleSignIn(300);
 * assert(error instanceof HttpForbidden);
 * assertEquals([error.status, error.fresh], [403, 300]);
 * ```
 */
export class StaleSignIn extends HttpForbidden {
  /** Always `"StaleSignIn"`. */
  override name = "StaleSignIn";
  /** The greatest age of the sign-in that the view accepts, in seconds. */
  readonly fresh: number;

  /**
   * Makes the error.
   *
   * @param fresh The greatest age of the sign-in, in seconds.
   * @param detail One sentence for the visitor.
   * @param options Headers of the response, and the cause.
   */
  constructor(
    fresh: number,
    detail = "Sign in again to see this page.",
    options?: HttpErrorOptions,
  ) {
    super(detail, options);
    this.fresh = fresh;
  }
}

/**
 * Lets a request pass if its user signed in lately.
 *
 * @param request The request.
 * @param seconds The greatest age of the sign-in.
 * @throws {StaleSignIn} If the sign-in is older, or if no user is signed in.
 */
export async function demandFreshSignIn<Data extends object>(
  request: ViewRequest<Data>,
  seconds: number,
): Promise<void> {
  const session = await request.session;
  if (session.isFresh(seconds) !== true) throw new StaleSignIn(seconds);
}
