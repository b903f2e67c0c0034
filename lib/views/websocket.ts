/**
 * A WebSocket whose listeners cannot end the server.
 *
 * Without the guard an error in a listener is uncaught, and Deno ends the process. One message that
 * the app cannot read would be enough.
 *
 * @module
 */

import { checkOptions, NUMBER, type OptionKinds, TEXT } from "../check_options.ts";
import { HttpBadRequest, HttpError } from "../http/errors.ts";
import type { Logger } from "../log.ts";

type Listener = (event: Event) => unknown;

const HANDLERS = ["open", "message", "error", "close"] as const;

/**
 * Guards the listeners of a socket. If a listener throws or rejects, `failed` receives the error
 * and the socket closes.
 *
 * @param socket The socket, before any listener is added. It is changed and returned.
 * @param failed Receives each failure.
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

/** How a request is upgraded. These are options of `Deno.upgradeWebSocket()`. */
export interface WebSocketUpgradeOptions {
  /** The subprotocol: one of those that the client offers. */
  readonly protocol?: string;
  /**
   * Seconds without a message before the server sends a ping. If no pong arrives, the server closes
   * the socket. @default {30}
   */
  readonly idleTimeout?: number;
}

const UPGRADE_KINDS: OptionKinds<WebSocketUpgradeOptions> = { protocol: TEXT, idleTimeout: NUMBER };

/** A request that was upgraded. */
export interface WebSocketUpgrade {
  /** The 101 that the view returns. */
  readonly response: Response;
  /**
   * The socket, which opens after the 101 was sent. If a listener throws, Pyramidion logs the error
   * and closes the socket.
   */
  readonly socket: WebSocket;
}

/** Whether headers ask for a WebSocket (RFC 6455, section 4.1). */
export function isWebSocketHandshake(headers: Headers): boolean {
  const upgrade = headers.get("upgrade");
  return upgrade !== null && upgrade.toLowerCase().includes("websocket");
}

/**
 * Upgrades a request.
 *
 * @param raw The request of the platform.
 * @param options The subprotocol and the idle limit.
 * @throws {HttpError} 426 if the request does not ask for a WebSocket.
 * @throws {TypeError} If an option is wrong or unknown.
 * @throws {HttpBadRequest} If the handshake is incomplete, or offers other subprotocols.
 */
function upgradeWebSocket(
  raw: Request,
  options: WebSocketUpgradeOptions = {},
): WebSocketUpgrade {
  checkOptions("request.upgradeWebSocket()", options, UPGRADE_KINDS, TypeError);
  // RFC 6455, section 4.1: by GET. Deno upgrades what comes by HEAD as well.
  if (raw.method !== "GET" || !isWebSocketHandshake(raw.headers)) {
    throw new HttpError(426, "This address answers WebSockets", {
      headers: { upgrade: "websocket", connection: "Upgrade" },
    });
  }
  try {
    return Deno.upgradeWebSocket(raw, options);
  } catch (cause) {
    // Only the visitor's headers are a 400. A second upgrade of one request is an error of the app.
    if (!(cause instanceof TypeError) || isClosed(raw)) throw cause;
    throw new HttpBadRequest("The WebSocket handshake cannot be accepted", { cause });
  }
}

/** What is known of a request that is upgraded. */
interface UpgradedState {
  readonly id: string;
  readonly method: string;
  readonly match: { readonly route: { readonly pattern: string } } | undefined;
  readonly environment: { readonly logger: Logger };
  upgrade: Response | undefined;
  socket: WebSocket | undefined;
}

/**
 * Upgrades a request whose state then knows the 101 and the guarded socket.
 *
 * @param raw The request of the platform.
 * @param state What happens to it.
 * @param path The path, for the log.
 * @param options The subprotocol and the idle limit.
 */
export function openWebSocket(
  raw: Request,
  state: UpgradedState,
  path: string,
  options: WebSocketUpgradeOptions | undefined,
): WebSocketUpgrade {
  const { environment: { logger }, id, match, method } = state;
  const fields = { requestId: id, method, route: match?.route.pattern ?? null };
  const { response, socket } = upgradeWebSocket(raw, options);
  state.upgrade = response;
  state.socket = guardedSocket(
    socket,
    (error) => logger.error(`The WebSocket of ${path} failed`, error, fields),
  );
  return { response, socket };
}

/**
 * Whether a request that asked for a WebSocket was upgraded. Only an upgrade closes a request
 * before its answer.
 */
export function isClosed(raw: Request): boolean {
  try {
    return raw.body === undefined;
  } catch {
    return true;
  }
}

/**
 * A 101 for a request that the app upgraded by `Deno.upgradeWebSocket()` without returning its
 * response. After any other answer Deno stops the server.
 *
 * @param handshake The headers of the request.
 */
export function upgradeResponse(handshake: Headers): Response {
  const twin = new Request("http://upgraded.invalid/", { headers: handshake });
  return Deno.upgradeWebSocket(twin).response;
}
