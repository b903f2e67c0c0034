/**
 * Visitors of the servers: they check the answers before anything is timed, and collect cookies.
 *
 * @module
 */

import { HELLO, STARTED, stateOf, welcome } from "../payload.ts";
import type { ServerEntry } from "../servers.ts";

/**
 * Checks that a server answers rightly and refuses a cookie that was changed.
 *
 * @throws {Error} At the first wrong answer.
 */
export async function checkServer(origin: string, server: ServerEntry): Promise<void> {
  const { name, pages } = server;
  await expectBody(`${name} /hello`, await fetch(`${origin}/hello`), HELLO);
  if (!pages.includes("/read")) return;

  const cookie = await startSession(origin, 7);
  const { user } = stateOf(7);
  await expectBody(`${name} /read`, await get(`${origin}/read`, cookie), welcome(user));

  const second = await get(`${origin}/count`, cookie);
  // A session in a store keeps its cookie.
  const third = cookiesOf(second) || cookie;
  await expectBody(`${name} /count`, second, "2");
  await expectBody(`${name} /count again`, await get(`${origin}/count`, third), "3");

  if (!server.verifies) return;
  const forged = await get(`${origin}/read`, changed(cookie));
  if ((await forged.text()).includes(user)) throw new Error(`${name} takes a changed cookie`);
}

/** Starts a session: the `Cookie` header that keeps it. */
export async function startSession(origin: string, visitor: number): Promise<string> {
  const response = await fetch(`${origin}/start?n=${visitor}`);
  const cookie = cookiesOf(response);
  await expectBody(`${origin}/start`, response, STARTED);
  if (cookie === "") throw new Error("No cookie came with a new session");
  return cookie;
}

/** Starts many sessions: a `Cookie` header for each. */
export async function startSessions(origin: string, visitors: number): Promise<string[]> {
  const cookies: string[] = [];
  const one = async (): Promise<void> => {
    while (cookies.length < visitors) {
      const at = cookies.push("") - 1;
      cookies[at] = await startSession(origin, at + 1);
    }
  };
  await Promise.all(Array.from({ length: 16 }, one));
  return cookies;
}

/**
 * Keeps a server busy for a moment, so that its turn measures compiled code: V8 forgets what a
 * process that waits for its turn had compiled.
 *
 * @param url What is asked for.
 * @param cookie A `Cookie` header; empty for none.
 */
export async function warmUp(url: string, cookie: string = ""): Promise<void> {
  const end = performance.now() + 300;
  const one = async (): Promise<void> => {
    while (performance.now() < end) await (await get(url, cookie)).text();
  };
  await Promise.all(Array.from({ length: 32 }, one));
}

function get(url: string, cookie: string): Promise<Response> {
  return fetch(url, { headers: { cookie } });
}

function cookiesOf(response: Response): string {
  const jar = new Map<string, string>();
  // Of several with one name a browser keeps the last.
  for (const cookie of response.headers.getSetCookie()) {
    const pair = cookie.split(";", 1)[0] ?? "";
    jar.set(pair.split("=", 1)[0] ?? "", pair);
  }
  return [...jar.values()].join("; ");
}

/** Another letter in the middle of each value: under the signature, and not padding. */
function changed(cookie: string): string {
  return cookie.split("; ").map((pair) => {
    const at = pair.indexOf("=") + Math.floor((pair.length - pair.indexOf("=")) / 2);
    return pair.slice(0, at) + (pair[at] === "A" ? "B" : "A") + pair.slice(at + 1);
  }).join("; ");
}

async function expectBody(what: string, response: Response, expected: string): Promise<void> {
  const body = await response.text();
  if (response.status === 200 && body === expected) return;
  throw new Error(`${what} answers ${response.status} "${body.slice(0, 200)}", not "${expected}"`);
}
