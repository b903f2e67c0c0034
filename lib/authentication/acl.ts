/**
 * Decides permissions by lists on contexts, as Pyramid does.
 *
 * @module
 */

import { checkValue, describe, NAME, type OptionKind } from "../check_options.ts";

/** Every visitor, signed in or not. Pyramid: `Everyone`. */
export const everyone: unique symbol = Symbol("everyone");
/** Every user who is signed in. Pyramid: `Authenticated`. */
export const authenticated: unique symbol = Symbol("authenticated");
/** Every permission. Pyramid: `ALL_PERMISSIONS`. */
export const ALL_PERMISSIONS: unique symbol = Symbol("all permissions");

/**
 * Whom an entry is about: {@linkcode everyone}, {@linkcode authenticated}, or text, as
 * {@linkcode user} and {@linkcode role} make it. The two symbols cannot be the name of a user.
 */
export type Principal = string | symbol;

/** The permissions of an entry: names, or all of them. */
export type AclPermissions = readonly string[] | typeof ALL_PERMISSIONS;

/** An entry of a list. {@linkcode allow} and {@linkcode deny} make it. Pyramid: an ACE. */
export interface AclEntry {
  /** What the entry does. */
  readonly action: "allow" | "deny";
  /** Whom it is about. */
  readonly principal: Principal;
  /** For which permissions. */
  readonly permissions: AclPermissions;
}

/** The entries of a context, the first of which that matches decides. Pyramid: an ACL. */
export type Acl = readonly AclEntry[];

/** A context with a list. Both members can be missing. */
export interface AclContext {
  /** The list, or a function that makes it. Pyramid: `__acl__`. */
  readonly acl?: Acl | (() => Acl) | undefined;
  /** The context around this one, which is asked if no entry matches here. Pyramid: `__parent__`. */
  readonly parent?: unknown;
}

const PRINCIPAL: OptionKind = {
  expected: "everyone, authenticated, or a string that is not empty",
  is: (value) => value === everyone || value === authenticated || NAME.is(value),
};
/** The most contexts above each other. */
const MOST_CONTEXTS = 100;

/**
 * Makes an entry that grants permissions.
 *
 * @param principal Whom it is about.
 * @param permissions The names of permissions, or {@linkcode ALL_PERMISSIONS}.
 * @throws {TypeError} If an argument is of a wrong type, or a name is empty.
 */
export function allow(
  principal: Principal,
  ...permissions: readonly string[] | readonly [typeof ALL_PERMISSIONS]
): AclEntry {
  return entry("allow", principal, permissions);
}

/**
 * Makes an entry that refuses permissions, also if a later entry grants them.
 *
 * @param principal Whom it is about.
 * @param permissions The names of permissions, or {@linkcode ALL_PERMISSIONS}.
 * @throws {TypeError} If an argument is of a wrong type, or a name is empty.
 */
export function deny(
  principal: Principal,
  ...permissions: readonly string[] | readonly [typeof ALL_PERMISSIONS]
): AclEntry {
  return entry("deny", principal, permissions);
}

/** Refuses everything to everyone, as the last entry of a list. Pyramid: `DENY_ALL`. */
export const DENY_ALL: AclEntry = deny(everyone, ALL_PERMISSIONS);

/** The principal of one user, such as `user:7`. No role has the same text. */
export function user(id: string): Principal {
  checkValue("the id of user()", id, NAME, TypeError);
  return `user:${id}`;
}

/** The principal of a role, such as `role:editor`. No user has the same text. */
export function role(name: string): Principal {
  checkValue("the name of role()", name, NAME, TypeError);
  return `role:${name}`;
}

/** What {@linkcode principalsOf} must know of a user. */
export interface AclUser {
  /** The id of the user. */
  readonly id: string;
  /** The names of the user's roles. */
  readonly roles?: readonly string[] | undefined;
}

/**
 * Gives the principals of a visitor: {@linkcode everyone}, and for a user also
 * {@linkcode authenticated}, the user and the roles. Pyramid: `effective_principals`.
 *
 * @param identity What the security policy knows of the user, or `null`.
 */
export function principalsOf(identity: AclUser | null): readonly Principal[] {
  if (identity === null) return [everyone];
  return [everyone, authenticated, user(identity.id), ...(identity.roles ?? []).map(role)];
}

/**
 * Decides permissions by the lists of a context and of those around it. Pyramid: `ACLHelper`.
 *
 * @example A policy in ten lines
 * ```ts
 * import { Configurator, html, route, type SecurityPolicy } from "@pyramidion/pyramidion";
 * import { ACLHelper, allow, DENY_ALL, everyone, principalsOf, role } from "@pyramidion/pyramidion/authentication";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * interface User { id: string; roles: string[] }
 * const users = new Map([["ada", { id: "ada", roles: ["editor"] }]]);
 * const acl = new ACLHelper();
 * const policy: SecurityPolicy<Record<string, unknown>, User | null> = {
 *   permitsAnonymous: true, // the list says who may see a page without a sign-in
 *   identity: (request) => users.get(request.headers.get("x-user") ?? "") ?? null,
 *   permits: async (request, context, permission) =>
 *     acl.permits(context, principalsOf(await request.identity), permission),
 * };
 *
 * const page = route("page", "/page", {
 *   factory: () => ({ acl: [allow(everyone, "view"), allow(role("editor"), "edit"), DENY_ALL] }),
 * });
 * const app = new Configurator().setSecurityPolicy(policy).addRoute(page)
 *   .addView(() => html`read`, { route: page, permission: "view" })
 *   .addView(() => html`saved`, { route: page, permission: "edit", requestMethod: "POST" })
 *   .makeApp();
 * const ask = async (init: RequestInit) =>
 *   (await app.fetch(new Request("https://app.test/page", init))).status;
 * assertEquals(await ask({}), 200);
 * assertEquals(await ask({ method: "POST" }), 403);
 * assertEquals(await ask({ method: "POST", headers: { "x-user": "ada" } }), 200);
 * ```
 */
export class ACLHelper {
  /**
   * Whether the lists grant a permission.
   *
   * The list of the context is read from its first entry to the last, then that of its `parent`,
   * and so on. The first entry for one of the principals and the permission decides. Without such an
   * entry the permission is refused.
   *
   * @param context A list, or a context with `acl` and `parent`.
   * @param principals Those of the visitor, as {@linkcode principalsOf} gives them.
   * @param permission The name of the permission.
   * @throws {TypeError} If a list or an entry is not one, or contexts are in a circle.
   */
  permits(context: unknown, principals: Iterable<Principal>, permission: string): boolean {
    checkValue("the permission of ACLHelper", permission, NAME, TypeError);
    const held = new Set<unknown>(principals);
    for (const list of lists(context)) {
      for (const entry of list) {
        if (!isEntry(entry)) {
          throw new TypeError(
            `Cannot decide "${permission}": an entry of the list is ${
              describe(entry)
            }: make it by allow() or deny()`,
          );
        }
        const { action, permissions, principal } = entry;
        const isAsked = permissions === ALL_PERMISSIONS || permissions.includes(permission);
        if (isAsked && held.has(principal)) return action === "allow";
      }
    }
    return false;
  }
}

function entry(
  action: AclEntry["action"],
  principal: Principal,
  given: readonly unknown[],
): AclEntry {
  const what = `${action}()`;
  checkValue(`the principal of ${what}`, principal, PRINCIPAL, TypeError);
  if (given.length === 1 && given[0] === ALL_PERMISSIONS) {
    return Object.freeze({ action, principal, permissions: ALL_PERMISSIONS });
  }
  const permissions = given.map((one) => {
    checkValue(`a permission of ${what}`, one, NAME, TypeError);
    return String(one);
  });
  if (permissions.length === 0) {
    throw new TypeError(
      `Cannot use ${what} without permissions: name them, or write ALL_PERMISSIONS`,
    );
  }
  return Object.freeze({ action, principal, permissions: Object.freeze(permissions) });
}

/** The lists of a context and of those around it, from the inside to the outside. */
function* lists(context: unknown): Generator<readonly unknown[]> {
  let at = context;
  for (let count = 0; at !== null && at !== undefined; count++) {
    if (count === MOST_CONTEXTS) {
      throw new TypeError(
        `Cannot read the lists of a context: there are more than ${MOST_CONTEXTS} above each other, or they are in a circle`,
      );
    }
    if (Array.isArray(at)) {
      yield at;
      return;
    }
    if (typeof at !== "object") return;
    const member: unknown = Reflect.get(at, "acl");
    const list: unknown = typeof member === "function" ? Reflect.apply(member, at, []) : member;
    if (Array.isArray(list)) yield list;
    else if (list !== undefined) {
      throw new TypeError(
        `Cannot read the list of a context: acl must be a list, or a function that returns one, not ${
          describe(list)
        }`,
      );
    }
    at = Reflect.get(at, "parent");
  }
}

function isEntry(value: unknown): value is AclEntry {
  if (typeof value !== "object" || value === null) return false;
  if (!("action" in value && "principal" in value && "permissions" in value)) return false;
  const { action, permissions, principal } = value;
  return (action === "allow" || action === "deny") && PRINCIPAL.is(principal) &&
    (permissions === ALL_PERMISSIONS || Array.isArray(permissions));
}
