/**
 * The times that are noted of a request.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { ObservedRequest } from "../../lib/http/request.ts";

/** A request whose clock goes on by one with each reading. */
function observed(timesSteps = true): ObservedRequest {
  let now = 100;
  return new ObservedRequest(timesSteps, () => now++);
}

Deno.test("ObservedRequest measures routing, the session, the view and the commit", async () => {
  const request = observed();
  request.chosen();
  await request.loading(Promise.resolve("session"));
  request.answered();
  request.committing();
  request.committed({ do: "write" });
  const { begun, routing, session, view, commit, outcome } = request;
  assertEquals({ begun, routing, session, view, commit }, {
    begun: 100,
    routing: 1,
    session: 1,
    view: 3,
    commit: 1,
  });
  assertEquals(outcome, { do: "write" });
});

Deno.test("ObservedRequest that times no steps looks at the clock twice, and notes the session", async () => {
  const request = observed(false);
  request.chosen();
  assertEquals(await request.loading(Promise.resolve("session")), "session");
  request.answered();
  request.committing();
  request.committed({ do: "write" });
  const { begun, routing, session, view, commit, outcome, elapsed } = request;
  assertEquals({ begun, elapsed, outcome }, { begun: 100, elapsed: 1, outcome: { do: "write" } });
  assertEquals([routing, session, view, commit], [undefined, undefined, undefined, undefined]);
});

Deno.test("ObservedRequest notes no view where none was chosen, and an answer once", () => {
  const unrouted = observed();
  unrouted.answered();
  assertEquals([unrouted.routing, unrouted.view], [undefined, undefined]);
  const twice = observed();
  twice.chosen();
  twice.answered();
  twice.answered();
  assertEquals(twice.view, 1);
});

Deno.test("ObservedRequest hands on a session that cannot be loaded", async () => {
  const request = observed();
  const told = await request.loading(Promise.reject(new Error("down"))).catch(String);
  assertEquals([told, request.session], ["Error: down", 1]);
});
