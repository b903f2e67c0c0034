/**
 * `guardedSocket`: listeners that throw end their socket, and nothing else.
 *
 * @module
 */

import { assertEquals, assertStrictEquals } from "jsr:@std/assert@^1.0.0";
import { guardedSocket } from "../../lib/views/websocket.ts";

/** What a guard needs of a WebSocket, without a network. */
class QuietSocket extends EventTarget {
  readyState: number = WebSocket.OPEN;
  readonly closed: unknown[] = [];
  declare onmessage: ((event: Event) => unknown) | null;

  close(code: number, reason: string): void {
    this.closed.push([code, reason]);
  }
}

/** A guarded socket, what it told of failures, and how to send it an event. */
function guarded() {
  const bare = new QuietSocket();
  const failures: unknown[] = [];
  const socket = guardedSocket(bare as never, (error) => failures.push(error)) as never;
  const tell = (type: string) => bare.dispatchEvent(new Event(type));
  return { socket: socket as QuietSocket, bare, failures, tell };
}

const ENDED = [[1011, "Internal error"]];

Deno.test("guardedSocket() gives back the socket itself", () => {
  const { socket, bare } = guarded();
  assertStrictEquals(socket, bare);
});

Deno.test("guardedSocket() tells what a listener throws or rejects with, and closes the socket", async (t) => {
  const error = new Error("no");
  const failing = () => {
    throw error;
  };
  const rows: Record<string, (socket: QuietSocket) => void> = {
    "a function that throws": (socket) => socket.addEventListener("message", failing),
    "a function that rejects": (socket) =>
      socket.addEventListener("message", () => Promise.reject(error)),
    "an object": (socket) => socket.addEventListener("message", { handleEvent: failing }),
    "onmessage": (socket) => socket.onmessage = failing,
    "onmessage that rejects": (socket) => socket.onmessage = () => Promise.reject(error),
  };
  for (const [name, listen] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { socket, failures, tell } = guarded();
      listen(socket);
      tell("message");
      await Promise.resolve();
      assertEquals([failures, socket.closed], [[error], ENDED]);
    });
  }
});

Deno.test("guardedSocket() closes a socket that is not open yet when it opens, and no closed one", () => {
  const { socket, bare, tell } = guarded();
  socket.onmessage = () => {
    throw new Error("no");
  };
  bare.readyState = WebSocket.CONNECTING;
  tell("message");
  assertEquals(socket.closed, []);
  tell("open");
  assertEquals(socket.closed, ENDED);
  bare.readyState = WebSocket.CLOSED;
  tell("message");
  assertEquals(socket.closed, ENDED);
});

Deno.test("guardedSocket() calls listeners as EventTarget does: each once, with its this, until removed", () => {
  const { socket, failures, tell } = guarded();
  const called: string[] = [];
  const one = function (this: unknown) {
    called.push(this === socket ? "one" : "one, of another");
  };
  const object = {
    handleEvent(this: unknown) {
      called.push(this === object ? "object" : "object, of another");
    },
  };
  socket.addEventListener("message", one);
  socket.addEventListener("message", one);
  socket.addEventListener("message", object);
  socket.addEventListener("message", null);
  tell("message");
  assertEquals(called.splice(0), ["one", "object"]);
  socket.removeEventListener("message", one);
  socket.removeEventListener("message", null);
  tell("message");
  assertEquals(called.splice(0), ["object"]);
  socket.removeEventListener("message", object);
  tell("message");
  assertEquals([called, failures], [[], []]);
});

Deno.test("guardedSocket() has one onmessage, at the place of the first that was set", () => {
  const { socket, tell } = guarded();
  const called: string[] = [];
  const first = () => called.push("first"), second = () => called.push("second");
  assertStrictEquals(socket.onmessage, null);
  socket.onmessage = first;
  socket.addEventListener("message", () => called.push("listener"));
  socket.onmessage = second;
  assertStrictEquals(socket.onmessage, second);
  tell("message");
  assertEquals(called.splice(0), ["second", "listener"]);
  socket.onmessage = "none" as never;
  assertStrictEquals(socket.onmessage, null);
  tell("message");
  assertEquals(called.splice(0), ["listener"]);
  socket.onmessage = first;
  tell("message");
  assertEquals(called, ["listener", "first"]);
});
