/**
 * What the compiler makes of includes, request methods, policies and scans: `deno check` is the test.
 *
 * Each `@ts-expect-error` is an error of its own once the compiler takes the line below it.
 *
 * @module
 */

import { assert } from "jsr:@std/assert@^1.0.0";
import {
  type AnswerWrapper,
  type AnyViewRequest,
  type App,
  Configurator,
  html,
  HttpNotFound,
  NewRequest,
  NewResponse,
  not,
  route,
  type SecurityPolicy,
  type Tween,
  viewConfig,
  type ViewRequest,
} from "@pyramidion/pyramidion";

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
  const decorator: AnswerWrapper = (answer) => (request) => answer(request);
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

Deno.test("types: what is above compiles", () => assert(requestMethods));
