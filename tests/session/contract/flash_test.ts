/** Flash messages of a session without a factory. */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { HttpServiceUnavailable } from "@pyramidion/pyramidion";
import { Session, sessionState } from "@pyramidion/pyramidion/session";

Deno.test("flash() adds in order, and leaves out a duplicate on demand", () => {
  const session = new Session();
  session.flash({ to: "ada" }).flash("b").flash({ to: "ada" }, "", { allowDuplicate: false });
  assertEquals(session.peekFlash<unknown>(), [{ to: "ada" }, "b"]);
  assertEquals(session.popFlash<unknown>(), [{ to: "ada" }, "b"]);
  assertEquals(session.popFlash(), []);
});

Deno.test("peekFlash() gives a list of its own, and objects that are watched for changes", () => {
  const session = new Session();
  session.flash("a");
  session.peekFlash().push("b");
  assertEquals(session.peekFlash(), ["a"]);
  const record = { ...sessionState(session).record, flash: new Map([["", [{ n: 1 }]]]) };
  const loaded = new Session(record);
  loaded.peekFlash();
  assertEquals(sessionState(loaded).maybeChanged, true);
});

Deno.test("popFlash() keeps or refuses as the request says, only if there is a message", () => {
  const kept = new Session(undefined, undefined, { keepFlash: true });
  assertEquals([kept.flash("a").popFlash(), kept.popFlash()], [["a"], ["a"]]);
  const refused = new Session(undefined, undefined, { refuseFlash: true });
  assertEquals(refused.popFlash(), []);
  refused.flash("a");
  assertThrows(() => refused.popFlash(), HttpServiceUnavailable);
  assertEquals(refused.peekFlash(), ["a"]);
});
