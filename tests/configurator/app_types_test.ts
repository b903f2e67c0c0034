/**
 * What the compiler knows of the requests of an app, in its views and after its includes.
 *
 * `deno check` is the test. Each `@ts-expect-error` is an error of its own once the compiler takes
 * the line below it.
 *
 * @module
 */

import { assert } from "jsr:@std/assert@^1.0.0";
import {
  type AnyConfigurator,
  Configurator,
  html,
  route,
  type SecurityPolicy,
  type SessionFactory,
  type ViewRequest,
} from "@pyramidion/pyramidion";

type IsEqual<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true
  : false;

interface Data {
  user: string;
  count: number;
}

interface User {
  id: string;
  name: string;
}

// An interface, which has no index signature.
interface Settings {
  title: string;
  pageSize: number;
}

interface Post {
  title: string;
}

const find = (title: string): Promise<Post> => Promise.resolve({ title });
const about = route("about", "/about");
const post = route("post", "/posts/:id", {
  factory: ({ matchdict }) => {
    true satisfies IsEqual<typeof matchdict, { id: string }>;
    return find(matchdict.id);
  },
});

/** Never called: only compiled. */
export function contexts(config: Configurator<Data>): void {
  config.addRoute(post).addView((request) => {
    true satisfies IsEqual<typeof request.context, Post>;
    return html`${request.context.title}`;
  }, { route: post });
  config.addView((request) => {
    true satisfies IsEqual<typeof request.context, unknown>;
    // @ts-expect-error: the route has no factory
    return html`${request.context.title}`;
  }, { route: about });
  config.addRoute(post, { view: (request) => html`${request.context.title}` });
  config.addRoute("other", "/other/:id", {
    factory: async (request) => {
      (await request.session).get("count") satisfies number | undefined;
      return await find(request.matchdict.id);
    },
    view: (request) => {
      true satisfies IsEqual<typeof request.context, Post>;
      return html`${request.context.title}`;
    },
  });
  config.addRoute(about, {
    factory: () => 7,
    view: (request) => html`${request.context.toFixed()}`,
  });
  const own = route("own", "/own/:id", {
    factory: async (request: ViewRequest<Data, { id: string }>) =>
      (await request.session).get("user") ?? "",
  });
  config.addRoute(own).addView((request) => html`${request.context.length}`, { route: own });
  // @ts-expect-error: its factory reads the session of another app
  new Configurator<{ cart: string }>().addRoute(own);
  const slug = route("own", "/own/:slug", {
    factory: (request: ViewRequest<Data, { id: string }>) => request.matchdict.id,
  });
  // @ts-expect-error: its factory reads a parameter that the pattern does not have
  config.addRoute(slug);
}

/** Never called: only compiled. */
export function identities(
  sessionFactory: SessionFactory<Data>,
  securityPolicy: SecurityPolicy<Data, User>,
  lenient: SecurityPolicy<Data, User | null>,
): void {
  const config = new Configurator({ sessionFactory, securityPolicy });
  config.addView(async (request) => {
    const identity = await request.identity;
    true satisfies IsEqual<typeof identity, User | null>;
    return html`${identity?.name}`;
  }, { route: about });
  config.addView(async (request) => {
    const identity = await request.identity;
    true satisfies IsEqual<typeof identity, User>;
    return html`${identity.name}`;
  }, { route: about, permission: "edit" });
  config.addView(async (request) => {
    const identity = await request.identity;
    true satisfies IsEqual<typeof identity, User | null>;
    return html`${identity?.name}`;
  }, { route: about, permission: "read", permitsAnonymous: true });
  new Configurator({ sessionFactory, securityPolicy: lenient }).addView(async (request) => {
    const identity = await request.identity;
    true satisfies IsEqual<typeof identity, User | null>;
    return html`${identity?.name}`;
  }, { route: about, permission: "read" });
  const strict: SecurityPolicy<Data, User> = {
    // @ts-expect-error: a permission then gives an identity that is null
    permitsAnonymous: true,
    identity: () => null,
    permits: () => true,
  };
  const inline = new Configurator({
    sessionFactory,
    securityPolicy: {
      identity: async (request) => {
        const id = (await request.session).get("user");
        return id === undefined ? null : { id };
      },
      permits: async (request) => {
        const identity = await request.identity;
        true satisfies IsEqual<typeof identity, { id: string } | null>;
        return identity?.id === "7";
      },
    },
  });
  inline.addExceptionView(async (_error, request) => html`${(await request.identity)?.id}`);
  inline.addTween((handler) => async (request) => {
    (await request.identity)?.id satisfies string | undefined;
    return await handler(request);
  });
  void strict;
}

/** Never called: only compiled. */
export function settings(given: Settings): void {
  const config = new Configurator({ settings: given });
  config.settings.title satisfies string;
  config.addView((request) => {
    true satisfies IsEqual<typeof request.settings.pageSize, number>;
    // @ts-expect-error: no such setting
    return html`${request.settings.titel}`;
  }, { route: about });
  new Configurator().addSettings({ a: 1 }).addSettings({ b: "x" }).addSettings({ a: "y" })
    .addView(({ settings }) => {
      true satisfies IsEqual<typeof settings.a, string>;
      true satisfies IsEqual<typeof settings.b, string>;
      return html`${settings.a}`;
    }, { route: about });
  new Configurator().addView(({ settings }) => {
    true satisfies IsEqual<typeof settings.anything, unknown>;
    return html`x`;
  }, { route: about });
}

/** Never called: only compiled. */
export function includes(sessionFactory: SessionFactory<Data>): void {
  const config = new Configurator({ sessionFactory, settings: { title: "x" } });
  const timings = (config: AnyConfigurator) =>
    config.addRequestMethod("elapsed", () => 1, { property: true })
      .addSettings({ slow: 1, title: 7 })
      .setSecurityPolicy({ identity: () => ({ id: "7" }), permits: () => true });
  const timed = config.include(timings);
  timed.addView(async (request) => {
    true satisfies IsEqual<typeof request.elapsed, number>;
    true satisfies IsEqual<typeof request.settings.slow, number>;
    (await request.session).get("user") satisfies string | undefined;
    (await request.identity)?.id satisfies string | undefined;
    return html`x`;
  }, { route: about });
  const scoped = config.include(timings, { routePrefix: "/api", scoped: true });
  scoped.addView(async (request) => {
    const identity = await request.identity;
    true satisfies IsEqual<typeof identity, unknown>;
    // @ts-expect-error: the settings of a scoped part stay with the part
    return html`${request.settings.slow} ${request.elapsed}`;
  }, { route: about });
  const same = config.include((config) => {
    config.addRoute("x", "/x");
  });
  true satisfies IsEqual<typeof same, typeof config>;
  const chained = config.include((config) => config.addRoute("y", "/y"));
  true satisfies IsEqual<typeof chained, typeof config>;
  // @ts-expect-error: an included function is not async
  config.include(async (config) => void config.addRoute("z", await Promise.resolve("/z")));
}

Deno.test("types: what is above compiles", () => assert(contexts));
