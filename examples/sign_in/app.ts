/**
 * The sign-in example: a session that remembers a name.
 *
 * This module makes the app. It opens no socket.
 *
 * @module
 */

import { type App, Configurator, signedCookieSessionFactory } from "@pyramidion/pyramidion";
import { style } from "../page.ts";
import type { SessionData } from "./pages.ts";
import { add, login, logout, read, signIn, signOut } from "./routes.ts";
import { views } from "./views.ts";

/**
 * Makes the app.
 *
 * @param secret The secret that signs the cookies: at least 32 random bytes.
 */
export function makeSignInApp(secret: string): App<SessionData> {
  const config = new Configurator<SessionData>();
  config.setSessionFactory(signedCookieSessionFactory(secret));
  for (const route of [login, logout, add, read, signIn, signOut, style]) config.addRoute(route);
  config.scan(views);
  return config.makeApp();
}
