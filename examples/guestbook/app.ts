/**
 * The guestbook example: whoever is signed in may write. Makes the app, opens no socket.
 *
 * @module
 */

import {
  type App,
  BadCsrfToken,
  Configurator,
  signedCookieSessionFactory,
} from "@pyramidion/pyramidion";
import { memoryRevocations } from "@pyramidion/pyramidion/stores/memory";
import {
  type Accounts,
  makeViews,
  notFound,
  routes,
  type SessionData,
  staleForm,
} from "./views.ts";

/** What the guestbook needs. */
export interface GuestbookOptions {
  /** What signs the cookies: at least 32 bytes that nobody can guess. */
  readonly secret: string;
  /** Who may sign in. */
  readonly accounts: Accounts;
}

/** Makes the app, with an empty book. */
export function makeGuestbook({ secret, accounts }: GuestbookOptions): App<SessionData> {
  const config = new Configurator<SessionData>();
  // Signed out means signed out, for copies of the cookie too. With several processes: Deno KV.
  config.setSessionFactory(
    signedCookieSessionFactory(secret, { revocations: memoryRevocations() }),
  );
  config.setDefaultCsrfOptions();
  for (const route of routes) config.addRoute(route);
  config.scan(makeViews(accounts));
  config.addNotFoundView(notFound);
  config.addExceptionView(staleForm, { context: BadCsrfToken });
  return config.makeApp();
}
