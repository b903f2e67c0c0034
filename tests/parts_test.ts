/**
 * What the compiler takes and refuses of parts and views that stand in a file of their own.
 *
 * `deno check` is the test. Each `@ts-expect-error` is an error of its own once the compiler takes
 * the line below it.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import {
  type AnyConfigurator,
  type AnyViewRequest,
  Configurator,
  type ConfiguratorWith,
  html,
  NewRequest,
  NewResponse,
  type RequestHandler,
  type RequestOf,
  type RequestWith,
  route,
  type SecurityPolicy,
  type SessionFactory,
  type View,
  viewConfig,
  type ViewRequest,
} from "@pyramidion/pyramidion";
import type { AppNeeds } from "@pyramidion/pyramidion/types";
import { textOf } from "./ask.ts";

type IsEqual<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true
  : false;
type IsAny<T> = 0 extends (1 & T) ? true : false;

interface Data {
  user: string;
  count: number;
}

interface User {
  id: string;
  name: string;
}

interface Needs extends AppNeeds {
  session: { user: string };
  identity: { id: string };
  settings: { title: string };
  request: { greet(who: string): string };
}

const about = route("about", "/about");
const post = route("post", "/posts/:id", { factory: ({ matchdict }) => ({ title: matchdict.id }) });

/** An app with what the parts below need, and more. */
function appOf(sessionFactory: SessionFactory<Data>, securityPolicy: SecurityPolicy<Data, User>) {
  return new Configurator({ sessionFactory, securityPolicy, settings: { title: "x", size: 7 } });
}

type App = ReturnType<typeof appOf>;
type Other = Configurator<{ cart: string[] }>;

function part(config: ConfiguratorWith<Needs>) {
  config.addRoute("part", "/part", {
    view: async (request) => {
      const session = await request.session;
      false satisfies IsAny<typeof session>;
      true satisfies IsEqual<ReturnType<typeof session.get<"user">>, string | undefined>;
      session.set("user", "ada").flash("seen");
      // @ts-expect-error: a key that the part did not ask for
      session.get("count");
      const identity = await request.identity;
      true satisfies IsEqual<typeof identity, { id: string } | null>;
      // @ts-expect-error: a setting that the part did not ask for
      void request.settings.size;
      return html`${request.greet("you")} ${request.settings.title}`;
    },
  });
  config.addView(async (request) => html`${(await request.identity).id}`, {
    route: about,
    permission: "read",
  });
  config.addTween((handler) => async (request) => {
    (await request.session).get("user") satisfies string | undefined;
    return await handler(request);
  });
  return config.addRequestMethod("elapsed", () => 1, { property: true });
}

/** Never called: only compiled. */
export function includes(config: App, other: Other): void {
  // @ts-expect-error: its requests have no greet()
  config.include(part);
  const after = config.addRequestMethod("greet", (_request, who: string) => who).include(part);
  after.addView(async (request) => {
    request.elapsed satisfies number;
    request.settings.size satisfies number;
    (await request.session).get("count") satisfies number | undefined;
    const identity = await request.identity;
    true satisfies IsEqual<typeof identity, User | null>;
    return html`${request.greet("x")}`;
  }, { route: about });
  const reads = (_config: ConfiguratorWith<{ session: { user: string } }>) => {};
  config.include(reads);
  // @ts-expect-error: its session has no such key
  other.include(reads);
  // @ts-expect-error: its session has another type under this key
  new Configurator<{ user: number }>().include(reads);
  const knows = (_config: ConfiguratorWith<{ identity: { id: string } }>) => {};
  config.include(knows);
  // @ts-expect-error: what its policy knows of a user is not known
  other.include(knows);
  const set = (_config: ConfiguratorWith<{ settings: { title: string } }>) => {};
  config.include(set);
  // @ts-expect-error: its settings are not known
  other.include(set);
  const any = (_config: AnyConfigurator) => {};
  config.include(any);
  other.include(any);
  config satisfies AnyConfigurator;
  config satisfies ConfiguratorWith<{ session: { count: number } }>;
}

/** Never called: only compiled. */
export function wrappers(config: App, other: Other): void {
  type Taken = RequestWith<{ session: { user: string }; identity: { id: string } }>;
  const audited = (handler: RequestHandler) => async (request: Taken) => {
    (await request.session).get("user") satisfies string | undefined;
    (await request.identity)?.id satisfies string | undefined;
    return await handler(request);
  };
  config.addTween(audited).addViewDeriver(audited);
  // @ts-expect-error: another session, and no policy
  other.addTween(audited);
  // @ts-expect-error: another session, and no policy
  other.addViewDeriver(audited);
  const heard = async ({ request }: { readonly request: Taken }) =>
    void (await request.session).get("user");
  config.addSubscriber(NewRequest, heard).addSubscriber(NewResponse, heard);
  // @ts-expect-error: another session, and no policy
  other.addSubscriber(NewRequest, heard);
}

/** Never called: only compiled. */
export function directives(config: App): void {
  const jobs = (part: AnyConfigurator) =>
    part.addDirective("addJob", (_config, _name: string) => {});
  const withJobs = config.include(jobs);
  const edit = async (request: RequestOf<typeof withJobs, typeof post, "edit">) => {
    true satisfies IsEqual<Awaited<typeof request.identity>, User>;
    true satisfies IsEqual<typeof request.settings.size, number>;
    return html`${(await request.session).get("user")} ${request.context.title}`;
  };
  withJobs.addJob("sweep").addView(edit, { route: post, permission: "edit" });
  const signed = (part: Configurator) =>
    part.setSecurityPolicy({ identity: (): User | null => null, permits: () => true })
      .addDirective("addJob", (_config, _name: string) => {});
  new Configurator().include(signed).addView(
    async (request) => html`${(await request.identity).name}`,
    { route: about, permission: "edit" },
  );
}

/** Never called: only compiled. */
export function renderers(config: App): void {
  const rendered = (part: App) => part.setDefaultRenderer("json").addRequestMethod("one", () => 1);
  config.include(rendered).addRoute("a", "/a", { view: (request) => request.one() });
  config.include(rendered, { scoped: true, routePrefix: "/x" })
    // @ts-expect-error: the renderer is that of the scoped part
    .addRoute("a", "/a", { view: (request) => request.one() });
  config.include((part) => void part.setDefaultRenderer("json"))
    // @ts-expect-error: the part does not return what it stated
    .addRoute("a", "/a", { view: () => 1 });
}

/** Never called: only compiled. */
export function views(config: App): void {
  const any: View = async (request) => html`${request.method} ${(await request.session).size}`;
  config.addView(any, { route: post, permission: "edit" }).addRoute("any", "/any", { view: any });
  const read = (request: RequestOf<App, typeof post>) =>
    html`${request.context.title} ${request.settings.title} ${request.matchdict.id}`;
  const edit = async (request: RequestOf<App, typeof post, "edit">) =>
    html`${(await request.identity).name}`;
  config.addView(read, { route: post }).addView(edit, { route: post, permission: "edit" });
  // @ts-expect-error: nobody may be signed in
  config.addView(edit, { route: post });
  // @ts-expect-error: the route has no factory
  config.addView(read, { route: about });
  config.scan({
    read: viewConfig({ route: post }, read),
    edit: viewConfig({ route: post, permission: "edit" }, edit),
    free: viewConfig({ route: post }, (request) => html`${request.context.title}`),
  });
  // @ts-expect-error: nobody may be signed in
  viewConfig({ route: post }, edit);
  // @ts-expect-error: the route has no factory
  viewConfig({ route: about }, read);
  const request = undefined as unknown as RequestOf<App, typeof post>;
  request satisfies AnyViewRequest;
  request satisfies ViewRequest<Data>;
  // @ts-expect-error: a request of another app
  request satisfies RequestOf<Other>;
}

Deno.test("include() gives back the Configurator, with what the part added", async () => {
  const timings = (config: AnyConfigurator) =>
    config.addRequestMethod("elapsed", () => 7, { property: true });
  const app = new Configurator().include(timings)
    .addRoute("home", "/", { view: (request) => html`${request.elapsed}` })
    .makeApp();
  assertEquals(await textOf(app, "/"), "7");
});
