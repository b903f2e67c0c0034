/**
 * What the compiler refuses, and what it takes: `deno check` is the test.
 *
 * Each `@ts-expect-error` is an error of its own once the compiler takes the line below it.
 *
 * @module
 */

import { assert } from "jsr:@std/assert@^1.0.0";
import {
  type App,
  Configurator,
  type ConnectionInfo,
  html,
  HttpError,
  HttpNotFound,
  redirect,
  type Route,
  route,
  type Session,
  type SessionFactory,
  SessionTooLargeError,
  signedCookieSessionFactory,
  viewConfig,
  type ViewRequest,
} from "@pyramidion/pyramidion";
import { TestClient } from "@pyramidion/pyramidion/testing";

type IsEqual<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true
  : false;
/** Flattens intersections, so that only keys and values are compared. */
type Flat<T> = { [Key in keyof T]: T[Key] };
type IsAny<T> = 0 extends (1 & T) ? true : false;
/** Whether `any` is the type, or what it promises, or one of its members is. */
type HasAny<T> = true extends
  (IsAny<T> | IsAny<Awaited<T>> | { [Key in keyof T]: IsAny<T[Key]> }[keyof T]) ? true : false;

// An interface, which does not satisfy Record<string, unknown>.
interface Data {
  user: string;
  count: number;
}

interface Other {
  cart: string[];
}

/** As Data, and something more. */
interface Wider extends Data {
  more: boolean;
}

/** A key of Data with another type. */
interface Clashing {
  user: number;
}

const user = route("user", "/users/:id");
const page = route("page", "/pages/:page?");
const files = route("files", "/files/*");
const about = route("about", "/about");

/** Never called: only compiled. */
export function sessionKeys(session: Session<Data>): void {
  const name: string | undefined = session.get("user");
  session.set("user", "ada").set("count", 1);
  const kept: number = session.setDefault("count", 1);
  const popped: string = session.pop("user", "nobody");
  session.update({ user: "ada" });
  session.update([["user", "ada"]]);
  // @ts-expect-error: the value may be missing
  const present: string = session.get("user");
  // @ts-expect-error: no such key
  session.get("usr");
  // @ts-expect-error: no such key
  session.set("usr", "ada");
  // @ts-expect-error: no such key
  session.has("usr");
  // @ts-expect-error: no such key
  session.delete("usr");
  // @ts-expect-error: no such key
  session.pop("usr");
  // @ts-expect-error: another type
  session.set("user", 1);
  // @ts-expect-error: undefined is not a value: delete the key
  session.set("user", undefined);
  // @ts-expect-error: another type
  session.setDefault("count", "1");
  // @ts-expect-error: no such key
  session.update({ usr: "ada" });
  // @ts-expect-error: another type
  session.update({ user: 1 });
  // @ts-expect-error: no such key
  session.update([["usr", "ada"]]);
  // @ts-expect-error: another type
  session.update([["user", 1]]);
  // @ts-expect-error: a session of another app
  const other: Session<Other> = session;
  void [name, kept, popped, present, other];
}

/** Never called: only compiled. */
export function paths(request: ViewRequest<Data>, someRoute: Route): void {
  user.path({ id: 7 });
  user.path({ id: "a" }, { query: { page: 2 }, fragment: "top" });
  page.path();
  page.path({ page: 2 });
  files.path({ 0: ["a", "b"] });
  about.path();
  about.path({}, { query: [["a", "b"]] });
  someRoute.path({ whatever: "x" });
  request.routePath(user, { id: 7 });
  request.routePath(page);
  request.routePath(about);
  request.routePath("by-name", { whatever: "x" });
  request.routeUrl(user, { id: "a" }, { query: { page: 2 } });
  // @ts-expect-error: id is missing
  user.path();
  // @ts-expect-error: id is missing
  user.path({});
  // @ts-expect-error: id may be missing
  user.path({ id: undefined });
  // @ts-expect-error: no such parameter, and id is missing
  user.path({ name: "x" });
  // @ts-expect-error: no such parameter
  user.path({ id: 7, name: "x" });
  // @ts-expect-error: an object is not a value
  user.path({ id: {} });
  // @ts-expect-error: several segments for one
  user.path({ id: ["a", "b"] });
  // @ts-expect-error: the pattern has no parameter
  about.path({ id: 7 });
  // @ts-expect-error: id is missing
  request.routePath(user);
  // @ts-expect-error: id is missing
  request.routePath(user, {});
  // @ts-expect-error: no such parameter, and id is missing
  request.routePath(user, { name: "x" });
  // @ts-expect-error: the pattern has no parameter
  request.routePath(about, { id: 7 });
  // @ts-expect-error: id is missing
  request.routeUrl(user);
  // @ts-expect-error: no such parameter, and id is missing
  request.routeUrl(user, { name: "x" });
}

/** Never called: only compiled. */
export function matchdicts(config: Configurator<Data>): void {
  config.addView((request) => {
    true satisfies IsEqual<Flat<typeof request.matchdict>, { id: string }>;
    return html`${request.matchdict.id}`;
  }, { route: user });
  config.addView((request) => {
    true satisfies IsEqual<Flat<typeof request.matchdict>, { page: string | undefined }>;
    return html`${request.matchdict.page}`;
  }, { route: page });
  config.addView((request) => {
    true satisfies IsEqual<Flat<typeof request.matchdict>, Record<string, string | undefined>>;
    return html`${request.matchdict.whatever}`;
  }, { routeName: "by-name" });
  config.addView((request: ViewRequest<Data, { id: string }>) => html`${request.matchdict.id}`, {
    route: user,
  });
  // @ts-expect-error: no such group
  config.addView((request) => html`${request.matchdict.name}`, { route: user });
  // @ts-expect-error: no group at all
  config.addView((request) => html`${request.matchdict.id}`, { route: about });
  config.addView(
    // @ts-expect-error: another route's request
    (request: ViewRequest<Data, { name: string }>) => html`${request.matchdict.name}`,
    { route: user },
  );
  // @ts-expect-error: no such group
  viewConfig({ route: user }, (request) => html`${request.matchdict.name}`);
  viewConfig(
    { route: user },
    // @ts-expect-error: another route's request
    (request: ViewRequest<Data, { name: string }>) => html`${request.matchdict.name}`,
  );
  viewConfig(
    { route: user },
    (request: ViewRequest<Data, { id: string }>) => html`${request.matchdict.id}`,
  );
}

/** Never called: only compiled. */
export function results(config: Configurator<Data>, flag: boolean): void {
  config.addView(() => html`x`, { route: about });
  config.addView(() => new Response(), { route: about });
  config.addView(() => redirect("/"), { route: about });
  config.addView(() => new HttpNotFound(), { route: about });
  config.addView(async () => await Promise.resolve(html`x`), { route: about });
  config.addView(() => flag ? html`x` : redirect("/"), { route: about });
  config.addView(() => {
    throw new HttpNotFound();
  }, { route: about });
  // @ts-expect-error: nothing is returned
  config.addView(() => {}, { route: about });
  // @ts-expect-error: nothing is returned
  config.addView(async () => {}, { route: about });
  // @ts-expect-error: nothing is returned at times
  config.addView(() => flag ? html`x` : undefined, { route: about });
  // @ts-expect-error: a string is not escaped markup
  config.addView(() => "text", { route: about });
  // @ts-expect-error: an object is no response
  config.addView(() => ({ a: 1 }), { route: about });
  // @ts-expect-error: markup is no view
  config.addView(html`x`, { route: about });
  // @ts-expect-error: nothing is returned
  viewConfig({ route: about }, () => {});
  // @ts-expect-error: nothing is returned
  viewConfig({ route: about }, async () => {});
  // @ts-expect-error: nothing is returned
  viewConfig({ route: about }, (_request: ViewRequest<Data>) => {});
  // @ts-expect-error: no such option
  config.addView(() => html`x`, { route: about, requestMethods: "GET" });
  // @ts-expect-error: no such option
  viewConfig({ route: about, requestMethods: "GET" }, () => html`x`);
}

/** Never called: only compiled. */
export function otherApps(
  config: Configurator<Data>,
  otherFactory: SessionFactory<Other>,
  wider: SessionFactory<Wider>,
  clashing: SessionFactory<Clashing>,
  untyped: SessionFactory,
  own: SessionFactory<Data>,
): void {
  config.setSessionFactory(own);
  config.setSessionFactory(signedCookieSessionFactory("its type follows from where it is used"));
  new Configurator<Data>({ sessionFactory: own });
  // @ts-expect-error: another app's factory
  config.setSessionFactory(otherFactory);
  // @ts-expect-error: another app's factory, of more keys
  config.setSessionFactory(wider);
  // @ts-expect-error: another app's factory, of another type
  config.setSessionFactory(clashing);
  // @ts-expect-error: a factory of any keys
  config.setSessionFactory(untyped);
  // @ts-expect-error: another app's factory
  config.setSessionFactory(signedCookieSessionFactory<Other>("x"));
  // @ts-expect-error: another app's factory
  new Configurator<Data>({ sessionFactory: otherFactory });

  config.addView((_request: ViewRequest<Data>) => html`x`, { route: about });
  // @ts-expect-error: another app's view
  config.addView((_request: ViewRequest<Other>) => html`x`, { route: about });
  // @ts-expect-error: another app's view, of more keys
  config.addView((_request: ViewRequest<Wider>) => html`x`, { route: about });
  // @ts-expect-error: another app's view, of another type
  config.addView((_request: ViewRequest<Clashing>) => html`x`, { route: about });
  // @ts-expect-error: a view that would write any key
  config.addView((_request: ViewRequest) => html`x`, { route: about });

  const marked = viewConfig({ route: about }, (_request: ViewRequest<Data>) => html`x`);
  true satisfies IsEqual<typeof marked, (request: ViewRequest<Data>) => ReturnType<typeof html>>;
  config.addView(marked, { route: about });
  // @ts-expect-error: another app's view
  new Configurator<Other>().addView(marked, { route: about });

  config.addExceptionView((_error, _request: ViewRequest<Data>) => html`x`);
  // @ts-expect-error: another app's exception view
  config.addExceptionView((_error, _request: ViewRequest<Other>) => html`x`);
}

/** Never called: only compiled. */
export function freeViews(config: Configurator<Data>): void {
  const free = viewConfig({ route: user }, (request) => html`${request.matchdict.id}`);
  config.addView(free, { route: user });
  new Configurator<Other>().addView(free, { route: user });
  new Configurator().addView(free, { route: user });
  const none = viewConfig({ route: about }, () => html`x`);
  config.addView(none, { route: about });
  viewConfig({ route: about }, async (request) => {
    const session = await request.session;
    session.get("whatever") satisfies unknown;
    // @ts-expect-error: what is in any app's session is unknown
    return html`${session.get("user")}`;
  });
}

/** Never called: only compiled. */
export function inference(otherFactory: SessionFactory<Other>): void {
  const config = new Configurator({ sessionFactory: otherFactory });
  true satisfies IsEqual<typeof config, Configurator<Other>>;
  const app = config.addRoute(about).addRoute("x", "/x").makeApp();
  true satisfies IsEqual<typeof app, App<Other>>;
  app satisfies Deno.ServeDefaultExport;
  config.addView(async (request) => {
    // @ts-expect-error: no such key
    return html`${(await request.session).get("user")}`;
  }, { route: about });
  // @ts-expect-error: sessions hold keys
  new Configurator<string>();
}

/** Never called: only compiled. */
export function servers(
  app: App<Data>,
  info: Deno.ServeHandlerInfo,
  server: Deno.ServeDefaultExport,
  request: ViewRequest<Data>,
): void {
  app satisfies Deno.ServeDefaultExport;
  Deno.serve(app.fetch);
  Deno.serve({ port: 0 }, app.fetch);
  Deno.serve({ path: "/run/app.sock" }, app.fetch);
  info satisfies ConnectionInfo;
  app.fetch(request.raw, info);
  new TestClient(app, { remoteAddr: { transport: "unix", path: "/run/app.sock" } });
  new TestClient({ fetch: (request) => server.fetch(request, info) });
  new TestClient({ fetch: (_request: Request, _info?: Deno.ServeHandlerInfo) => new Response() });
  true satisfies IsEqual<typeof request.info, ConnectionInfo | undefined>;
  request.info?.remoteAddr.hostname satisfies string | undefined;
  // @ts-expect-error: not every connection has one
  request.info?.remoteAddr.port satisfies number;
  // @ts-expect-error: it has no address
  app.fetch(request.raw, { completed: Promise.resolve() });
}

/** Never called: only compiled. */
export function exceptionViews(config: Configurator<Data>): void {
  config.addExceptionView((error, request) => {
    true satisfies IsEqual<typeof error, Error>;
    request satisfies ViewRequest<Data>;
    return html`${error.message}`;
  });
  config.addExceptionView((error) => html`${error.status}`, { context: HttpError });
  config.addExceptionView((error) => html`${error.keys[0]?.key}`, {
    context: SessionTooLargeError,
  });
  // @ts-expect-error: nothing is returned
  config.addExceptionView(() => {});
  // @ts-expect-error: any error, which has no status
  config.addExceptionView((error: HttpNotFound) => html`${error.status}`);
  // @ts-expect-error: any error, which has no status
  config.addExceptionView((error) => html`${error.status}`);
  // @ts-expect-error: a wider class, which has no size
  config.addExceptionView((e: SessionTooLargeError) => html`${e.size}`, { context: HttpError });
}

/** Never called: only compiled. */
export function decorators(): unknown {
  class Pages {
    constructor(readonly request: ViewRequest<Data>) {}
    @viewConfig({ route: about })
    good() {
      return html`x`;
    }
    @viewConfig({ route: user })
    takesRequest(request: ViewRequest<Data>) {
      return html`${request.url.href}`;
    }
    // @ts-expect-error: it returns nothing
    @viewConfig({ route: about })
    bad() {
      this.request.url;
    }
    // A renderer may come from the defaults of the class.
    @viewConfig({ route: about })
    rendered() {
      return { title: "About" };
    }
    // @ts-expect-error: only methods are views
    @viewConfig({ route: about })
    field = () => html`x`;
  }
  return Pages;
}

/** Never called: only compiled. */
export function noAny(
  request: ViewRequest<Data, { id: string }>,
  config: Configurator<Data>,
): void {
  false satisfies IsAny<typeof request.session>;
  false satisfies IsAny<Awaited<typeof request.session>>;
  true satisfies IsEqual<typeof request.session, Promise<Session<Data>>>;
  false satisfies HasAny<typeof request.matchdict>;
  false satisfies HasAny<typeof request>;
  false satisfies HasAny<Session<Data>>;
  false satisfies HasAny<Session>;
  const session = undefined as unknown as Session;
  true satisfies IsEqual<ReturnType<typeof session.get>, unknown>;
  true satisfies IsEqual<Awaited<ReturnType<typeof request.json>>, unknown>;
  config.addView((request) => {
    false satisfies IsAny<typeof request>;
    false satisfies HasAny<typeof request>;
    return html`x`;
  }, { route: user });
  viewConfig({ route: user }, (request) => {
    false satisfies IsAny<typeof request>;
    false satisfies HasAny<typeof request.matchdict>;
    return html`x`;
  });
  config.addExceptionView((error, request) => {
    false satisfies IsAny<typeof error>;
    false satisfies IsAny<typeof request>;
    return html`x`;
  });
  config.addView((request) => {
    // @ts-expect-error: a promise of a session
    const text: string = request.session;
    return html`${text}`;
  }, { route: user });
}

Deno.test("types: what is above compiles", () => assert(sessionKeys));
