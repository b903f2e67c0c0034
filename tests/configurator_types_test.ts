/**
 * What the compiler makes of includes, request methods, policies and scans: `deno check` is the test.
 *
 * Each `@ts-expect-error` is an error of its own once the compiler takes the line below it.
 *
 * @module
 */

import { assert } from "jsr:@std/assert@^1.0.0";
import {
  type AnyConfigurator,
  type AnyViewRequest,
  type App,
  ApplicationCreated,
  Configurator,
  html,
  HttpNotFound,
  NewRequest,
  NewResponse,
  not,
  type PredicateFactory,
  route,
  type SecurityPolicy,
  type Subscriber,
  type Tween,
  viewConfig,
  type ViewDeriver,
  type ViewRequest,
} from "@pyramidion/pyramidion";
import type { HandlerDecorator } from "@pyramidion/pyramidion/types";

type IsEqual<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true
  : false;
type IsAny<T> = 0 extends (1 & T) ? true : false;

interface Data {
  user: string;
}

interface Other {
  cart: string[];
}

interface Wider extends Data {
  more: boolean;
}

interface User {
  readonly name: string;
}

const user = route("user", "/users/:id"), about = route("about", "/about");

/** Never called: only compiled. */
export function requestMethods(config: Configurator<Data>): void {
  const extended = config
    .addRequestMethod("greet", (_request, greeting: string) => greeting.length)
    .addRequestMethod("locale", ({ headers }) => headers.get("accept-language"), { property: true })
    .addRequestMethod("both", (request) => `${request.greet("x")} ${request.locale}`);
  extended.addView((request) => {
    true satisfies IsEqual<typeof request.locale, string | null>;
    true satisfies IsEqual<ReturnType<typeof request.greet>, number>;
    true satisfies IsEqual<ReturnType<typeof request.both>, string>;
    true satisfies IsEqual<
      Awaited<typeof request.session> extends { get(key: "user"): infer T } ? T : never,
      string | undefined
    >;
    // @ts-expect-error: the argument is missing
    request.greet();
    // @ts-expect-error: another type
    request.greet(1);
    // @ts-expect-error: it is worked out once, and cannot be changed
    request.locale = "de";
    // @ts-expect-error: no such method
    request.great("x");
    return html`${request.matchdict.id}`;
  }, { route: user });
  extended.addRoute("one-step", "/:a", {
    view: (request) => html`${request.greet(request.matchdict.a)}`,
  });
  extended.addNotFoundView((_error, request) => html`${request.greet("x")}`);
  extended.addForbiddenView((_error, request) => html`${request.locale}`);
  extended.addExceptionView((_error, request) => html`${request.both()}`);
  extended.include((config) => {
    config.addView((request) => html`${request.locale}`, { route: about });
  });
  // @ts-expect-error: the method was not added to this Configurator's type
  config.addView((request) => html`${request.locale}`, { route: about });
  extended.makeApp() satisfies App<Data>;
}

/** Never called: only compiled. */
export function identity(config: Configurator<Data>): void {
  const policy: SecurityPolicy<Data, User> = {
    identity: async (request) => {
      const name = (await request.session).get("user");
      return name === undefined ? null : { name };
    },
    permits: () => true,
  };
  config.setSecurityPolicy(policy).addView(async (request) => {
    const found = await request.identity;
    true satisfies IsEqual<typeof found, User | null>;
    // @ts-expect-error: nobody may be signed in
    return html`${found.name}`;
  }, { route: about });
  config.setSecurityPolicy({ identity: () => ({ id: 7 }), permits: () => true })
    .addView(async (request) => html`${(await request.identity)?.id}`, { route: about });
  config.addView(async (request) => {
    const found = await request.identity;
    true satisfies IsEqual<typeof found, unknown>;
    return html`x`;
  }, { route: about });
  // @ts-expect-error: another app's policy
  new Configurator<Other>().setSecurityPolicy(policy);
  // @ts-expect-error: it says nothing of permissions
  config.setSecurityPolicy({ identity: () => null });
}

/** Never called: only compiled. */
export function scans(config: Configurator<Data>): void {
  const free = viewConfig({ route: user }, (request) => html`${request.matchdict.id}`);
  const none = viewConfig({ route: about }, () => html`x`);
  const own = viewConfig({ route: about }, (_request: ViewRequest<Data>) => html`x`);
  const captured = viewConfig(
    { route: user },
    (request: ViewRequest<Data, { id: string }>) => html`${request.matchdict.id}`,
  );
  const rendered = viewConfig(
    { route: about, renderer: "json" },
    (_request: ViewRequest<Data>) => ({ a: 1 }),
  );
  const other = viewConfig({ route: about }, (_request: ViewRequest<Other>) => html`x`);
  const wider = viewConfig({ route: about }, (_request: ViewRequest<Wider>) => html`x`);
  class Pages {
    constructor(readonly request: ViewRequest<Data>) {}
    @viewConfig({ route: about })
    about() {
      return html`x`;
    }
  }
  class Others {
    constructor(readonly request: ViewRequest<Other>) {}
    @viewConfig({ route: about })
    about() {
      return html`x`;
    }
  }
  config.scan({ free, none, own, captured, rendered, Pages });
  // @ts-expect-error: another app's view
  config.scan({ own, other });
  // @ts-expect-error: a view of more keys
  config.scan({ wider });
  // @ts-expect-error: the views of another app
  config.scan({ Others });
  // @ts-expect-error: the views of another app
  new Configurator<Other>().scan({ own });
  // A module exports other things too.
  config.scan({
    own,
    text: "text",
    number: 7,
    date: (date: Date) => date.getTime(),
    none: () => 1,
    several: (_a: string, _b: number) => html`x`,
    any: (request: AnyViewRequest) => request.url,
    generic: <D extends object>(request: ViewRequest<D>) => request.url,
    options: (_options: { readonly url: URL }) => html`x`,
    Plain: class {
      constructor(readonly name: string) {}
    },
    Failure: HttpNotFound,
    user,
    config: new Configurator<Data>(),
  });
  const extended = config.addRequestMethod("greet", () => "hi");
  const greeting = viewConfig(
    { route: about },
    (request: ViewRequest<Data> & { greet(): string }) => html`${request.greet()}`,
  );
  extended.scan({ greeting, own });
  // @ts-expect-error: requests of this Configurator have no such method
  config.scan({ greeting });
  config.scan({} as object);
}

/** Never called: only compiled. */
export function others(config: Configurator<Data>, tween: Tween<Other>): void {
  // @ts-expect-error: another app's tween
  config.addTween(tween);
  config.addTween((handler) => (request) => {
    request satisfies ViewRequest<Data>;
    return handler(request);
  });
  config.addSubscriber(
    NewRequest<Data>,
    ({ request }) => void (request satisfies ViewRequest<Data>),
  );
  config.addSubscriber(NewResponse<Data>, async ({ request, response }) => {
    (await request.session).get("user") satisfies string | undefined;
    response satisfies Response;
  });
  // @ts-expect-error: not one of the events
  config.addSubscriber(Date, () => {});
  const decorator: HandlerDecorator = (answer) => (request) => answer(request);
  config.addView(() => html`x`, { route: about, decorator });
  config.addView(() => html`x`, {
    route: about,
    decorator: (answer) => async (request) => await answer(request),
  });
  config.addView(() => html`x`, { route: about, requestMethod: not("GET"), header: not("X-A") });
  // @ts-expect-error: a media type cannot be turned round
  config.addView(() => html`x`, { route: about, accept: not("text/html") });
  config.addView(() => ({ any: "thing" }), { route: about, renderer: "json" });
  // @ts-expect-error: an object is no response without a renderer
  config.addView(() => ({ any: "thing" }), { route: about });
  config.addRoute("x", "/x/:a", {
    // @ts-expect-error: no such group
    view: (request) => html`${request.matchdict.b}`,
  });
  config.include((part) => {
    part.addView(async (request) => {
      const session = await request.session;
      false satisfies IsAny<typeof session>;
      return html`${session.get("user")}`;
    }, { route: about });
  });
  // @ts-expect-error: a part of another app
  config.include((_part: Configurator<Other>) => {});
}

/** Never called: only compiled. */
export function partsOfAnyApp(config: Configurator<Data>, untyped: Configurator): void {
  const closed: Tween = (handler) => (request) =>
    request.query.has("closed") ? new Response() : handler(request);
  const timed: ViewDeriver = (answer, { name }) => async (request) => {
    name satisfies string;
    return await answer(request);
  };
  const heard: Subscriber<NewRequest> = ({ request }) => void (request.url satisfies URL);
  const sent: Subscriber<NewResponse> = ({ response }) => void (response satisfies Response);
  const host: PredicateFactory = (value) => ({
    text: `host ${value}`,
    holds: ({ url }) => url.host === value,
  });
  function part(config: AnyConfigurator): void {
    config.addRoute("posts", "/posts/:id", {
      view: (request) => {
        true satisfies IsEqual<typeof request.matchdict.id, string>;
        false satisfies IsAny<typeof request>;
        // @ts-expect-error: no such group
        return html`${request.matchdict.name}`;
      },
    });
    config.addView((request) => html`${request.matchdict.id}`, { route: user });
    config.addView(async (request) => {
      (await request.session).flash("seen");
      // @ts-expect-error: what this app adds to requests is unknown
      return html`${request.locale}`;
    }, { route: about });
    config.addTween(closed).addTween((handler) => (request) => {
      request satisfies AnyViewRequest;
      return handler(request);
    });
    config.addViewDeriver(timed).addSubscriber(NewRequest, heard).addSubscriber(NewResponse, sent);
    config.addSubscriber(NewResponse, ({ request, response }) => {
      false satisfies IsAny<typeof request>;
      response satisfies Response;
    });
    config.addViewPredicate("host", host).addRoutePredicate("host", host);
    config.addRequestMethod("greet", () => "hi").addView(
      (request) => html`${request.greet()}`,
      { route: about },
    );
    config.addExceptionView((error) => html`${error.message}`);
    config.include(nested, { routePrefix: "/nested" });
    // @ts-expect-error: nothing is returned
    config.addView(() => {}, { route: about });
  }
  const nested = (config: AnyConfigurator) => void config.addRoute("nested", "/");

  const extended = config.addRequestMethod("locale", () => "de");
  for (const app of [config, untyped, extended]) app satisfies AnyConfigurator;
  config.include(part).include(nested);
  extended.include(part).include((part) => {
    part.addView((request) => html`${request.locale()}`, { route: about });
  });
  untyped.include(part).include(nested);
  new Configurator<Other>().include(part);
  config.addTween(closed, { over: closed }).addViewDeriver(timed);
  config.addSubscriber(NewRequest, heard).addSubscriber(NewResponse, sent);
}

/** Never called: only compiled. */
export function partsOfAnotherApp(config: Configurator<Data>, untyped: Configurator): void {
  const readsCart: Tween<Other> = (handler) => async (request) => {
    (await request.session).get("cart") satisfies string[] | undefined;
    return handler(request);
  };
  const readsUser: Tween<Data> = (handler) => async (request) => {
    (await request.session).get("user") satisfies string | undefined;
    // @ts-expect-error: no such key
    (await request.session).get("cart");
    return handler(request);
  };
  config.addTween(readsUser);
  // @ts-expect-error: another app's tween
  config.addTween(readsCart);
  // @ts-expect-error: a tween that knows the keys
  untyped.addTween(readsUser);
  const derives: ViewDeriver<Other> = (answer) => answer;
  // @ts-expect-error: another app's deriver
  config.addViewDeriver(derives);
  const hears: Subscriber<NewResponse<Other>> = () => {};
  // @ts-expect-error: another app's subscriber
  config.addSubscriber(NewResponse, hears);
  // @ts-expect-error: another app's subscriber
  config.addSubscriber(NewRequest, (_event: NewRequest<Other>) => {});
  // @ts-expect-error: another app's event
  config.addSubscriber(NewRequest<Other>, () => {});
  // @ts-expect-error: an event of another class
  config.addSubscriber(NewRequest, ({ response }) => void response);
  // @ts-expect-error: a part of another app
  config.include((_part: Configurator<Other>) => {});
  // @ts-expect-error: a part that wants what this app does not add
  config.include((_part: Configurator<Data, { readonly locale: string }>) => {});
  // @ts-expect-error: a part of any keys, not of any app
  config.include((_part: Configurator) => {});
}

/** Never called: only compiled. */
export function events(config: Configurator<Data>): void {
  config.addSubscriber(NewRequest, async ({ request }) => {
    request satisfies ViewRequest<Data>;
    (await request.session).get("user") satisfies string | undefined;
    // @ts-expect-error: no such key
    (await request.session).get("basket");
  });
  config.addSubscriber(NewResponse, async ({ request, response }) => {
    request satisfies ViewRequest<Data>;
    response satisfies Response;
    // @ts-expect-error: no such key
    (await request.session).get("cart");
  });
  config.addSubscriber(ApplicationCreated, ({ app }) => void app.fetch(new Request("x:y")));
  class Heard extends NewRequest<Data> {
    readonly at = 7;
  }
  config.addSubscriber(Heard, ({ at, request }) => {
    at satisfies number;
    request satisfies ViewRequest<Data>;
  });
}

Deno.test("types: what is above compiles", () => assert(requestMethods));
