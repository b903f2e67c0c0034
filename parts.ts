/**
 * The types of what stands in a file of its own: a reusable part, and a view.
 *
 * @module
 */

import type { Configurator } from "./configurator.ts";
import type {
  AppNeeds,
  AppRequest,
  IdentityNeeded,
  MembersNeeded,
  SessionNeeded,
  SettingsNeeded,
  UserOf,
} from "./lib/configurator/app_types.ts";
import type { Matchdict } from "./lib/routing/matchdict.ts";
import type { Route } from "./lib/routing/route.ts";
import type { AnyData } from "./lib/views/request.ts";
import type { IdentityUnder } from "./lib/views/view.ts";

/**
 * The Configurator of any app that has what a part needs.
 *
 * An app that has more can include the part too. An app that lacks something gets an error of the
 * compiler.
 *
 * @typeParam Needs What the part needs.
 *
 * @example A part that needs a setting
 * ```ts
 * import { Configurator, type ConfiguratorWith, html } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * function about(config: ConfiguratorWith<{ settings: { title: string } }>) {
 *   config.addRoute("about", "/about", { view: ({ settings }) => html`${settings.title}` });
 * }
 * const settings = { title: "Notes", pageSize: 20 };
 * const app = new Configurator({ settings }).include(about).makeApp();
 * const response = await app.fetch(new Request("https://app.test/about"));
 * assertEquals(await response.text(), "Notes");
 * ```
 */
export type ConfiguratorWith<Needs extends AppNeeds> = Configurator<
  AnyData,
  MembersNeeded<Needs>,
  unknown,
  IdentityNeeded<Needs>,
  SettingsNeeded<Needs>,
  SessionNeeded<Needs>
>;

/**
 * The request of a view that stands in a file of its own, by the type of the Configurator.
 *
 * @typeParam Config The type of the Configurator, such as `typeof config`.
 * @typeParam Of The type of the view's route, such as `typeof post`. Default: any route.
 * @typeParam Permitted The view's permission. `request.identity` is then not null. Default: none.
 *
 * @example A view apart from its app
 * ```ts
 * import { Configurator, html, type RequestOf, route } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const post = route("post", "/posts/:id", { factory: ({ matchdict }) => ({ title: matchdict.id }) });
 * const config = new Configurator({ settings: { site: "Notes" } });
 *
 * function read({ context, settings }: RequestOf<typeof config, typeof post>) {
 *   return html`${context.title} in ${settings.site}`;
 * }
 * const app = config.addRoute(post).addView(read, { route: post }).makeApp();
 * const response = await app.fetch(new Request("https://app.test/posts/tea"));
 * assertEquals(await response.text(), "tea in Notes");
 * ```
 */
export type RequestOf<
  Config,
  Of extends Route = Route,
  Permitted extends string | undefined = undefined,
> = Config extends
  Configurator<infer Data, infer Added, infer _, infer _Identity, infer Settings, infer Loaded>
  ? Of extends Route<infer Pattern, infer Context> ? AppRequest<
      Data,
      Added,
      IdentityUnder<UserOf<Config>, Permitted, undefined>,
      Settings,
      Loaded,
      Matchdict<Pattern>,
      Context
    >
  : never
  : never;
