/**
 * Requests that become WebSockets.
 *
 * Once Deno has upgraded a request, the request is closed: its headers cannot be read any more, and
 * any answer but a 101 makes Deno stop the whole server.
 *
 * @module
 */

import { checkOptions, NUMBER, type OptionKinds, TEXT } from "../check_options.ts";
import { HttpBadRequest } from "../http/errors.ts";
import { HttpError } from "../http/http_error.ts";

/** How a request is upgraded; the options of `Deno.upgradeWebSocket()`. */
export interface WebSocketUpgradeOptions {
  /** The subprotocol: one of those that the client offers. */
  readonly protocol?: string;
  /** Seconds without a message before a ping is sent; the socket is closed if no pong comes. @default {30} */
  readonly idleTimeout?: number;
}

const UPGRADE_KINDS: OptionKinds<WebSocketUpgradeOptions> = { protocol: TEXT, idleTimeout: NUMBER };

/** A request that was upgraded. */
export interface WebSocketUpgrade {
  /** The 101 that the view returns. */
  readonly response: Response;
  /** The socket, which opens once the 101 was sent. What its listeners throw is logged, and closes it. */
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
 * @param raw The request as it came.
 * @param options The subprotocol and the idle limit.
 * @throws {HttpError} 426 if the request does not ask for a WebSocket.
 * @throws {TypeError} If an option is wrong or unknown.
 * @throws {HttpBadRequest} If the handshake is incomplete, or offers other subprotocols.
 */
export function upgradeWebSocket(
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
    // Said of the visitor's headers alone; that the request was upgraded before is an app's error.
    if (!(cause instanceof TypeError) || isClosed(raw)) throw cause;
    throw new HttpBadRequest("The WebSocket handshake cannot be accepted", { cause });
  }
}

/** Whether a request that asked for a WebSocket was upgraded. Nothing else closes one that is not answered. */
export function isClosed(raw: Request): boolean {
  try {
    return raw.body === undefined;
  } catch {
    return true;
  }
}

/**
 * A 101 for a request that the app upgraded by `Deno.upgradeWebSocket()` without returning its
 * response: the one answer after which the server goes on.
 *
 * @param handshake The headers of the request.
 */
export function upgradeResponse(handshake: Headers): Response {
  const twin = new Request("http://upgraded.invalid/", { headers: handshake });
  return Deno.upgradeWebSocket(twin).response;
}
