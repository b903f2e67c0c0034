/**
 * The accounts example: users see on which devices they are signed in, and end those sessions.
 *
 * This module makes the app. It opens no socket.
 *
 * @module
 */

import { type App, BadCsrfToken, Configurator, storedSessionFactory } from "@pyramidion/pyramidion";
import type { SessionStore } from "@pyramidion/pyramidion/stores";
import { style, styleSheet } from "../page.ts";
import { routes } from "./routes.ts";
import type { Users } from "./users.ts";
import { forbidden, makeViews, notFound, staleForm } from "./views.ts";

/** What the app needs. */
export interface AccountsOptions {
  /** The secret that signs the cookies: at least 32 random bytes. All processes need the same. */
  readonly secret: string;
  /** Where the users are. */
  readonly users: Users;
  /** Where the sessions live. */
  readonly store: SessionStore;
  /** The clock. @default {Date.now} */
  readonly now?: () => number;
}

/** Makes the app. */
export function makeAccounts(
  { secret, users, store, now = Date.now }: AccountsOptions,
): App<object> {
  const sessions = storedSessionFactory<object>(store, secret, {
    clock: now,
    // The eleventh device ends the session of the one that was used least recently.
    maxSessionsPerUser: 10,
  });
  const config = new Configurator<object>();
  config.setSessionFactory(sessions);
  config.setDefaultCsrfOptions();
  config.setSecurityPolicy({
    usesSession: true,
    identity: async (request) => (await request.session).userId ?? null,
    permits: async (request, _context, permission) => {
      const { userId } = await request.session;
      if (userId === undefined) return false;
      return permission !== "administer" || users.isAdministrator(userId);
    },
  });
  for (const one of routes) config.addRoute(one);
  config.addRoute(style);
  config.scan(makeViews({ users, sessions, now }));
  config.addView(styleSheet, { route: style });
  config.addNotFoundView(notFound);
  config.addForbiddenView(forbidden);
  config.addExceptionView(staleForm, { context: BadCsrfToken });
  return config.makeApp();
}
