/**
 * A WebSocket whose listeners cannot end the server.
 *
 * An error that a listener throws is uncaught, and Deno ends the process: one message of a visitor
 * that the app cannot read would be enough.
 *
 * @module
 */

type Listener = (event: Event) => unknown;

const HANDLERS = ["open", "message", "error", "close"] as const;

/**
 * Guards the listeners of a socket: what one throws, or rejects with, is told and ends the socket.
 *
 * @param socket The socket, before anything listens; it is changed and returned.
 * @param failed Told of each failure.
 */
export function guardedSocket(socket: WebSocket, failed: (error: unknown) => void): WebSocket {
  const fail = (error: unknown): void => {
    failed(error);
    closeFailed(socket);
  };
  const guards = new WeakMap<object, Listener>();
  const guardOf = (listener: EventListenerOrEventListenerObject): Listener => {
    const known = guards.get(listener);
    if (known !== undefined) return known;
    const guard = (event: Event): void => {
      try {
        const told: unknown = typeof listener === "function"
          ? listener.call(socket, event)
          : listener.handleEvent(event);
        if (told instanceof Promise) told.catch(fail);
      } catch (error) {
        fail(error);
      }
    };
    guards.set(listener, guard);
    return guard;
  };
  const add = EventTarget.prototype.addEventListener.bind(socket);
  const remove = EventTarget.prototype.removeEventListener.bind(socket);
  socket.addEventListener = (
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void => add(type, listener && guardOf(listener), options);
  socket.removeEventListener = (
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | EventListenerOptions,
  ): void => remove(type, listener && guardOf(listener), options);
  for (const type of HANDLERS) guardHandler(socket, type, add, remove, guardOf);
  return socket;
}

/** Closes the socket of a view or listener that failed. */
export function closeFailed(socket: WebSocket): void {
  const close = () => socket.close(1011, "Internal error");
  if (socket.readyState === WebSocket.OPEN) close();
  else if (socket.readyState === WebSocket.CONNECTING) {
    EventTarget.prototype.addEventListener.call(socket, "open", close, { once: true });
  }
}

/** `onmessage` and the like: one listener each, at the place of the first that was set. */
function guardHandler(
  socket: WebSocket,
  type: typeof HANDLERS[number],
  add: (type: string, listener: Listener) => void,
  remove: (type: string, listener: Listener) => void,
  guardOf: (listener: Listener) => Listener,
): void {
  let handler: Listener | null = null;
  const listener: Listener = (event) => handler === null ? undefined : guardOf(handler)(event);
  Object.defineProperty(socket, `on${type}`, {
    configurable: true,
    enumerable: true,
    get: () => handler,
    set(given: unknown) {
      const next = isListener(given) ? given : null;
      if (handler === null && next !== null) add(type, listener);
      if (handler !== null && next === null) remove(type, listener);
      handler = next;
    },
  });
}

function isListener(value: unknown): value is Listener {
  return typeof value === "function";
}
