/**
 * The sign-in example: a session that remembers a name. Makes the app, opens no socket.
 *
 * @module
 */

import { type App, Configurator, signedCookieSessionFactory } from "@pyramidion/pyramidion";
import { routes, type SessionData, views } from "./views.ts";

/**
 * Makes the app.
 *
 * @param secret What signs the cookies: at least 32 bytes that nobody can guess.
 */
export function makeSignInApp(secret: string): App<SessionData> {
  const config = new Configurator<SessionData>();
  config.setSessionFactory(signedCookieSessionFactory(secret));
  for (const route of routes) config.addRoute(route);
  config.scan(views);
  return config.makeApp();
}
