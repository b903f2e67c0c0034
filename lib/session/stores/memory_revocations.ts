/**
 * Revocations in the memory of one process.
 *
 * @module
 */

import { checkOptions, FUNCTION, NUMBER, type OptionKinds } from "../../check_options.ts";
import type { RevocationStore } from "../../../session.ts";
import { ExpiryQueue } from "./expiry_queue.ts";

/** The options of {@linkcode memoryRevocations}. */
export interface MemoryRevocationsOptions {
  /** Gives the time in milliseconds. @default {Date.now} */
  readonly clock?: () => number;
  /**
   * The most entries, of ended sessions and of users who were signed out everywhere: an integer
   * from 1.
   *
   * @default {200000}
   */
  readonly maxEntries?: number;
}

const KINDS: OptionKinds<MemoryRevocationsOptions> = { clock: FUNCTION, maxEntries: NUMBER };
const MAX_ENTRIES = 200_000;
/** How many expired entries each new one may free: two for one, so that expired entries go away. */
const FREED_AT_ONCE = 2;

/**
 * Makes a store that remembers ended sessions in the memory of this process. Use it for one
 * process, and for tests.
 *
 * A restart forgets them. Copies of cookies from before it are then valid again until their limits
 * pass.
 *
 * Each ended id takes about 120 bytes until its copies would have expired. A sign-out ends three
 * ids, a rotation one. Each user who was ever signed out everywhere takes about 100 bytes.
 *
 * It holds at most `maxEntries`, and never forgets one that still counts. When it is full, `add`
 * and `bump` throw for a new entry. The app then answers a sign-out with a 503, and the browser
 * keeps the cookie.
 *
 * This name stays until 1.0. `memoryStore()` keeps sessions and such revocations. Its limit is
 * `maxRevocations`.
 *
 * @param options The clock, and how many entries there may be.
 * @throws {ConfigurationError} If an option is wrong or unknown.
 * @throws {RangeError} If `maxEntries` is not an integer from 1.
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
 * }).setDefaultCsrfOptions().addRoute(home).addRoute(signIn).addRoute(signOut)
 *   .addView(async (request) => {
 *     const session = await request.session;
 *     return html`<title>${session.userId ?? "nobody"}</title>${
 *       [signIn, signOut].map((action) => html`<form name="${action.name}" method="post" action="${action.path()}">
 *         <input name="password"><input type="hidden" name="csrf_token" value="${session.getCsrfToken()}"></form>`)
 *     }`;
 *   }, { route: home })
 *   .addView(async (request) => {
 *     const right = (await request.form()).get("password") === "right";
 *     if (right) (await request.session).bindTo("ada");
 *     return html`${right ? "in" : "wrong"}`;
 *   }, { route: signIn, requestMethod: "POST" })
 *   .addView(async (request) => {
 *     (await request.session).invalidate();
 *     return html`out`;
 *   }, { route: signOut, requestMethod: "POST" }).makeApp();
 *
 * const visitor = new TestClient(app);
 * await (await visitor.open("/")).form("in").submit({ password: "right" });
 * const copied = `__Host-session=${visitor.cookie("__Host-session")}`;
 * await (await visitor.open("/")).form("out").submit();
 * const thief = new TestClient(app, { headers: { cookie: copied } });
 * assertEquals((await thief.open("/")).title, "nobody");
 * ```
 */
export function memoryRevocations(options: MemoryRevocationsOptions = {}): RevocationStore {
  checkOptions("memoryRevocations()", options, KINDS);
  const { clock = Date.now, maxEntries = MAX_ENTRIES } = options;
  if (!Number.isSafeInteger(maxEntries) || maxEntries < 1) {
    throw new RangeError(
      `Cannot remember revocations: maxEntries is ${String(maxEntries)}: must be an integer from 1`,
    );
  }
  return revocationsInMemory(clock, maxEntries, "maxEntries");
}

/**
 * Makes a store of revocations that holds at most `most` entries.
 *
 * @param clock Gives the time in milliseconds.
 * @param most Most entries.
 * @param option The name of the option that sets this limit, for messages.
 */
export function revocationsInMemory(
  clock: () => number,
  most: number,
  option: string,
): RevocationStore {
  const ended = new Map<string, number>();
  const epochs = new Map<string, number>();
  const queue = new ExpiryQueue();

  /** Forgets what has passed: at most so many, so that no call takes long. */
  const free = (now: number, count: number): void => {
    for (let freed = 0; freed < count && queue.first < now;) {
      const id = queue.take();
      const until = ended.get(id) ?? -Infinity;
      // Its time was put off since.
      if (until >= now) {
        queue.add(id, until);
        continue;
      }
      ended.delete(id);
      freed++;
    }
  };

  const makeRoom = (now: number): void => {
    free(now, FREED_AT_ONCE);
    if (ended.size + epochs.size < most) return;
    throw new Error(
      `Cannot remember another revocation: all ${most} entries still count: raise ${option}`,
    );
  };

  return {
    has: (id) => (ended.get(id) ?? -Infinity) >= clock(),
    add: (id, until) => {
      const before = ended.get(id);
      if (before === undefined) {
        makeRoom(clock());
        queue.add(id, until);
      }
      ended.set(id, Math.max(until, before ?? until));
    },
    epoch: (user) => epochs.get(user) ?? 0,
    bump: (user) => {
      const now = clock(), before = epochs.get(user);
      if (before === undefined) makeRoom(now);
      // By the clock, so that an epoch from before a restart is an earlier one.
      epochs.set(user, Math.max(Math.floor(now), before ?? 0) + 1);
    },
  };
}
