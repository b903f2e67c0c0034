/**
 * What the compiler knows of the requests of an app, and what a reusable part needs of an app.
 *
 * @module
 */

import type { Session } from "../../session.ts";
import type { AnyData, ViewRequest } from "../views/request.ts";
import type { RequestTypes } from "../views/request_state.ts";
import type { DefaultRendered } from "../views/view.ts";

/**
 * A request of an app, with what the app added to its requests.
 *
 * @typeParam Data The keys of the app's sessions.
 * @typeParam Added The members that the app added.
 * @typeParam Identity What `await request.identity` gives.
 * @typeParam Settings The settings of the app.
 * @typeParam Loaded The session.
 * @typeParam Params What the route's pattern captures. Default: not known.
 * @typeParam Context What the route's factory made. Default: not known.
 */
export type AppRequest<
  Data extends object,
  Added extends object,
  Identity,
  Settings extends object,
  Loaded,
  Params extends object = Record<string, string | undefined>,
  Context = unknown,
> = ViewRequest<Data, Params, RequestTypes<Context, Identity, Settings>, Loaded> & Added;

/**
 * What a reusable part needs of an app. An app that has more fits too.
 *
 * @example A part that reads a cart
 * ```ts
 * import { Configurator, type ConfiguratorWith, html } from "@pyramidion/pyramidion";
 * import { signedCookieSessionFactory } from "@pyramidion/pyramidion";
 * import type { AppNeeds } from "@pyramidion/pyramidion/types";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * interface Needs extends AppNeeds {
 *   session: { cart: string[] };
 * }
 * function shop(config: ConfiguratorWith<Needs>) {
 *   config.addRoute("cart", "/cart", {
 *     view: async (request) => html`${(await request.session).get("cart")?.length ?? 0}`,
 *   });
 * }
 * const secret = crypto.getRandomValues(new Uint8Array(32)).toBase64();
 * const app = new Configurator({
 *   sessionFactory: signedCookieSessionFactory<{ cart: string[]; user: string }>(secret),
 * }).include(shop).makeApp();
 * const response = await app.fetch(new Request("https://app.test/cart"));
 * assertEquals(await response.text(), "0");
 * ```
 */
export interface AppNeeds {
  /** The keys that the part reads or writes in a session. */
  readonly session?: object;
  /** What the part reads of a user. */
  readonly identity?: unknown;
  /** The settings that the part reads. */
  readonly settings?: object;
  /** The members of requests that the part uses, such as a method of `addRequestMethod()`. */
  readonly request?: object;
}

/**
 * The session of an app that has certain keys, and possibly more.
 *
 * @typeParam Keys The keys.
 */
export interface SessionWith<Keys extends object> extends
  Omit<
    Session<AnyData>,
    | "get"
    | "set"
    | "has"
    | "delete"
    | "modify"
    | "pop"
    | "setDefault"
    | "update"
    | "keys"
    | "values"
    | "entries"
    | typeof Symbol.iterator
  > {
  /** Reads a key. See {@linkcode Session.get}. */
  get<Key extends keyof Keys & string>(key: Key): Keys[Key] | undefined;
  /** Writes a key. See {@linkcode Session.set}. */
  set<Key extends keyof Keys & string>(key: Key, value: Keys[Key]): this;
  /** Whether the session holds a key. */
  has(key: keyof Keys & string): boolean;
  /** Removes a key. See {@linkcode Session.delete}. */
  delete(key: keyof Keys & string): boolean;
  /** Removes a key and returns its value. See {@linkcode Session.pop}. */
  pop<Key extends keyof Keys & string>(key: Key): Keys[Key] | undefined;
  /** Writes a key only if it is missing. See {@linkcode Session.setDefault}. */
  setDefault<Key extends keyof Keys & string>(key: Key, value: Keys[Key]): Keys[Key];
  /** Changes a key in the store at once. See {@linkcode Session.modify}. */
  modify<Key extends keyof Keys & string>(
    key: Key,
    change: (value: Keys[Key] | undefined) => Keys[Key] | undefined,
  ): Promise<Keys[Key] | undefined>;
}

/** The session that a part reads and writes. */
export type SessionNeeded<Needs extends AppNeeds> = Needs extends
  { readonly session: infer Keys extends object } ? SessionWith<Keys> : Session<AnyData>;

/** The keys of a session, with their types. */
export type KeysOf<Loaded> = Loaded extends Session<infer Keys> ? Keys
  : Loaded extends SessionWith<infer Keys> ? Keys
  : unknown;

/** The members that the requests of an app must have for a part. */
export type MembersNeeded<Needs extends AppNeeds> = Needs extends
  { readonly request: infer Members extends object } ? Members : object;

/** What a part reads of a user. */
export type IdentityNeeded<Needs extends AppNeeds> = Needs extends
  { readonly identity: infer Identity } ? Identity : unknown;

/** The settings that a part reads. */
export type SettingsNeeded<Needs extends AppNeeds> = Needs extends
  { readonly settings: infer Settings extends object } ? Settings
  : Readonly<Record<string, unknown>>;

/**
 * A request of any app that has what a part needs: for the tweens, derivers, subscribers and views
 * of a part. Every request of such an app is accepted.
 *
 * @typeParam Needs What the part needs.
 *
 * @example A tween for every app that knows an id of its users
 * ```ts
 * import { Configurator, html, type RequestHandler, type RequestWith } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const seen: (string | undefined)[] = [];
 * const audited =
 *   (handler: RequestHandler) => async (request: RequestWith<{ identity: { id: string } }>) => {
 *     seen.push((await request.identity)?.id);
 *     return await handler(request);
 *   };
 * const securityPolicy = { identity: () => ({ id: "7", name: "Ada" }), permits: () => true };
 * const app = new Configurator({ securityPolicy })
 *   .addTween(audited)
 *   .addRoute("home", "/", { view: () => html`Hello` })
 *   .makeApp();
 * await app.fetch(new Request("https://app.test/"));
 * assertEquals(seen, ["7"]);
 * ```
 */
export type RequestWith<Needs extends AppNeeds = AppNeeds> = AppRequest<
  AnyData,
  MembersNeeded<Needs>,
  IdentityNeeded<Needs> | null,
  SettingsNeeded<Needs>,
  SessionNeeded<Needs>,
  AnyData
>;

/**
 * What the security policy of a Configurator knows of a user.
 *
 * A Configurator with directives is an intersection. From its other members the compiler would
 * infer `null` too.
 *
 * @typeParam Config The type of the Configurator.
 */
export type UserOf<Config> = Config extends { readonly "~user": () => infer Identity } ? Identity
  : never;

/** The type of a member that `addRequestMethod()` adds: a property, or a method. */
export type AddedMember<Property extends boolean, Args extends unknown[], Value> = Property extends
  true ? Value : (...args: Args) => Value;

/** The settings after further settings were stated: a later setting replaces an earlier one. */
export type SettingsAfter<Settings extends object, Stated extends object> = Settings extends Stated
  ? Settings
  : string extends keyof Settings ? Stated
  : Omit<Settings, keyof Stated> & Stated;

/**
 * The members of requests after a part added some. If the part is not scoped, then its default
 * renderer is that of the app.
 */
export type MembersAfter<
  Added extends object,
  Stated extends object,
  Scoped extends boolean = false,
> =
  & (keyof Stated extends keyof Added ? Added : Added & Omit<Stated, keyof Added>)
  & (Scoped extends true ? unknown
    : [Stated] extends [DefaultRendered] ? DefaultRendered
    : unknown);

/** The type that an included function must return: anything but a promise. */
export type NotAsync<Returned> = Returned extends PromiseLike<unknown>
  ? "Error: include() takes no async function: await everything first"
  : unknown;
