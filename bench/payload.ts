/**
 * What every server of the bench remembers and answers, so that all of them do the same work.
 *
 * @module
 */

/** What a visitor's session holds: 127 bytes of JSON, whoever it is. */
export type State = {
  /** Whom `/read` greets. */
  user: string;
  /** Filler of the usual kind. */
  email: string;
  /** Filler of the usual kind. */
  role: string;
  /** Filler of the usual kind. */
  theme: string;
  /** What `/count` adds one to. */
  visits: number;
};

/** 44 characters: enough for every peer. It protects nothing. */
export const SECRET = "Zp3kq0vYw9mD1rT6uH8sB4xN7cL2fJ5gA0eQ3iK6oW8=";

/** How long a session lives without a request, in milliseconds: our default. */
export const TIMEOUT = 1_200_000;

/**
 * Time limits of stored sessions. With those by default, a machine that is busy with something else
 * would end the bench.
 */
export const PATIENT = { loadTimeout: 60_000, saveTimeout: 60_000 };

/** What the hand-written servers and most peers put behind the cookie's value. */
export const COOKIE_ATTRIBUTES = "Path=/; HttpOnly; SameSite=Lax";

/** The state of the visitor of a number up to 999,999. */
export function stateOf(visitor: number): State {
  const user = `user${String(visitor).padStart(6, "0")}`;
  return {
    user,
    email: `${user}@shop.example.org`,
    role: "subscribing-editor",
    theme: "dark-blue",
    visits: 1,
  };
}

/** The visitor of a `/start?n=…` URL. */
export function visitorOf(url: string): number {
  return Number(url.slice(url.indexOf("?n=") + 3));
}

/** What `/hello` answers. */
export const HELLO = "Hello, world";

/** What `/start` answers. */
export const STARTED = "Started";

/** What `/read` answers to somebody without a session, with status 401. */
export const NOBODY = "Nobody";

/** What `/read` answers. */
export function welcome(user: string): string {
  return `Welcome ${user}`;
}
