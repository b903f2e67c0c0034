/**
 * Revocations in the memory of one process.
 *
 * @module
 */

import { checkOptions, FUNCTION, type OptionKinds } from "../../check_options.ts";
import type { RevocationStore } from "../../../session.ts";

/** How {@linkcode memoryRevocations} is set up. */
export interface MemoryRevocationsOptions {
  /** The time in milliseconds. @default {Date.now} */
  readonly clock?: () => number;
}

const KINDS: OptionKinds<MemoryRevocationsOptions> = { clock: FUNCTION };

/**
 * Remembers ended sessions in this process alone: for one process, and for tests.
 *
 * A restart forgets them, so that copies of cookies from before it are valid again until their
 * limits pass. Costs about 150 bytes for each ended id (three for a sign-out, one for a rotation) until
 * its copies would have expired, and as much for each user who was ever signed out everywhere.
 *
 * @param options The clock.
 * @throws {ConfigurationError} If an option is wrong or unknown.
 *
 * @example A copy of a cookie after signing out
 * ```ts
 * import { Configurator, html, route, signedCookieSessionFactory } from "@pyramidion/pyramidion";
 * import { memoryRevocations } from "@pyramidion/pyramidion/stores/memory";
 * import { TestClient } from "@pyramidion/pyramidion/testing";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const secret = crypto.getRandomValues(new Uint8Array(32)).toBase64();
 * const home = route("home", "/"), signIn = route("in", "/in"), signOut = route("out", "/out");
 * const app = new Configurator({
 *   sessionFactory: signedCookieSessionFactory(secret, { revocations: memoryRevocations() }),
 * }).addRoute(home).addRoute(signIn).addRoute(signOut)
 *   .addView(async (request) => html`${(await request.session).userId ?? "nobody"}`, { route: home })
 *   .addView(async (request) => {
 *     (await request.session).bindTo("ada");
 *     return html`in`;
 *   }, { route: signIn })
 *   .addView(async (request) => {
 *     (await request.session).invalidate();
 *     return html`out`;
 *   }, { route: signOut }).makeApp();
 *
 * const visitor = new TestClient(app);
 * await visitor.get("/in");
 * const copied = `__Host-session=${visitor.cookie("__Host-session")}`;
 * await visitor.get("/out");
 * const thief = new TestClient(app, { headers: { cookie: copied } });
 * assertEquals(await (await thief.get("/")).text(), "nobody");
 * ```
 */
export function memoryRevocations(options: MemoryRevocationsOptions = {}): RevocationStore {
  checkOptions("memoryRevocations()", options, KINDS);
  const { clock = Date.now } = options;
  const ended = new Map<string, number>();
  const epochs = new Map<string, number>();
  let sweepAt = 1024;

  // Swept when it has doubled, so that a sweep costs each entry a constant.
  const sweep = (): void => {
    if (ended.size < sweepAt) return;
    const now = clock();
    for (const [id, until] of ended) if (until < now) ended.delete(id);
    sweepAt = Math.max(1024, 2 * ended.size);
  };

  return {
    has: (id) => (ended.get(id) ?? -Infinity) >= clock(),
    add: (id, until) => {
      ended.set(id, Math.max(until, ended.get(id) ?? until));
      sweep();
    },
    epoch: (user) => epochs.get(user) ?? 0,
    // By the clock, so that an epoch from before a restart is an earlier one.
    bump: (user) => void epochs.set(user, Math.max(Math.floor(clock()), epochs.get(user) ?? 0) + 1),
  };
}
