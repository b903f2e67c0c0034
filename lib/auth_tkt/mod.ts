/**
 * Shares a login with a Pyramid app by `auth_tkt` cookies, as Pyramid's `AuthTktCookieHelper` reads
 * and writes them.
 *
 * ```ts
 * import { Configurator } from "@pyramidion/pyramidion";
 * import { authTktCookies } from "@pyramidion/pyramidion/auth-tkt";
 *
 * const secret = crypto.getRandomValues(new Uint8Array(32)).toBase64(); // Pyramid's
 * const tickets = authTktCookies(secret);
 * new Configurator().setSecurityPolicy({
 *   identity: (request) => tickets.identify(request),
 *   permits: async (request) => await request.identity !== null,
 * });
 * ```
 *
 * @module
 */

export {
  AuthTktCookies,
  authTktCookies,
  type AuthTktIdentity,
  type AuthTktOptions,
  type RememberOptions,
} from "./auth_tkt_cookies.ts";
export type { TicketHash } from "./ticket.ts";
export type { TicketCookieOptions } from "./ticket_cookie.ts";
export type { UserId } from "./user_id.ts";
