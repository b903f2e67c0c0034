/**
 * The guestbook example: everybody reads, and users who are signed in write.
 *
 * This module makes the app. It opens no socket.
 *
 * @module
 */

import {
  type App,
  BadCsrfToken,
  Configurator,
  type RevocationStore,
  signedCookieSessionFactory,
} from "@pyramidion/pyramidion";
import { style, styleSheet } from "../page.ts";
import type { Accounts } from "./accounts.ts";
import type { SessionData } from "./pages.ts";
import { book, login, logout } from "./routes.ts";
import { makeViews, notFound, staleForm } from "./views.ts";

/** What the guestbook needs. */
export interface GuestbookOptions {
  /** The secret that signs the cookies: at least 32 random bytes. */
  readonly secret: string;
  /** The accounts of the users who may sign in. */
  readonly accounts: Accounts;
  /** Which sessions are over. All processes of the app share it. */
  readonly revocations: RevocationStore;
  /** The clock for the times of the entries. @default {() => new Date()} */
  readonly now?: () => Date;
}

/** Makes the app, with an empty book. */
export function makeGuestbook(
  { secret, accounts, revocations, now = () => new Date() }: GuestbookOptions,
): App<SessionData> {
  const config = new Configurator<SessionData>();
  // A sign-out then ends copies of the cookie too.
  config.setSessionFactory(signedCookieSessionFactory(secret, { revocations }));
  config.setDefaultCsrfOptions();
  for (const route of [book, login, logout, style]) config.addRoute(route);
  config.scan(makeViews(accounts, now));
  config.addView(styleSheet, { route: style });
  config.addNotFoundView(notFound);
  config.addExceptionView(staleForm, { context: BadCsrfToken });
  return config.makeApp();
}
