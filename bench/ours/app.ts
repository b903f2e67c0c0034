/**
 * Our app of the bench: the pages that the yardsticks and the peers answer too.
 *
 * @module
 */

import { type App, Configurator, route, type SessionFactory } from "../../mod.ts";
import { HELLO, NOBODY, STARTED, type State, stateOf, visitorOf, welcome } from "../payload.ts";

/** Makes the app with a session factory. */
export function makeApp(sessionFactory: SessionFactory<State>): App<State> {
  const hello = route("hello", "/hello");
  const start = route("start", "/start");
  const read = route("read", "/read");
  const count = route("count", "/count");
  const config = new Configurator<State>({ sessionFactory });
  for (const one of [hello, start, read, count]) config.addRoute(one);

  config.addView(() => new Response(HELLO), { route: hello });

  config.addView(async (request) => {
    const session = await request.session;
    session.update(stateOf(visitorOf(request.raw.url)));
    return new Response(STARTED);
  }, { route: start });

  config.addView(async (request) => {
    const user = (await request.session).get("user");
    return user === undefined ? new Response(NOBODY, { status: 401 }) : new Response(welcome(user));
  }, { route: read });

  config.addView(async (request) => {
    const session = await request.session;
    const visits = (session.get("visits") ?? 0) + 1;
    session.set("visits", visits);
    return new Response(String(visits));
  }, { route: count });

  return config.makeApp();
}
