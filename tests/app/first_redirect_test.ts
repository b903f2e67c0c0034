/**
 * The first redirection of a process, whose module is loaded for it. Alone in its file, because each
 * file is a process of its own.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { Configurator, redirect, route, signedCookieSessionFactory } from "../../mod.ts";

Deno.test("the first redirection waits for what its view left to the session, as every other does", async () => {
  const config = new Configurator<{ n: number }>();
  const secret = crypto.getRandomValues(new Uint8Array(32)).toBase64();
  config.setSessionFactory(signedCookieSessionFactory(secret));
  const start = route("start", "/start");
  const called: string[] = [];
  config.addRoute(start).addView((request) => {
    request.session.then((session) => {
      session.set("n", 1);
      request.responseHeaders.set("x-seen", "yes");
      request.addResponseCallback(() => void called.push("callback"));
    });
    return redirect("/next");
  }, { route: start });
  const app = config.makeApp();

  for (const which of ["first", "second"]) {
    const { status, headers } = await app.fetch(new Request("http://localhost/start"));
    const seen = [
      status,
      headers.get("location"),
      headers.get("x-seen"),
      headers.has("set-cookie"),
    ];
    assertEquals(seen, [302, "/next", "yes", true], which);
  }
  assertEquals(called, ["callback", "callback"]);
});
