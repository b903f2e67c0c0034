/**
 * The answer to a request that was upgraded: its 101, whatever happens.
 *
 * Deno stops the whole server where an upgraded request is answered otherwise.
 *
 * @module
 */

import { requestState, type ViewRequest } from "../views/request.ts";
import { closeFailed } from "../views/websocket.ts";
import { isClosed, upgradeResponse } from "../views/websocket.ts";

/**
 * The 101 of a request; undefined where it was not upgraded.
 *
 * Known where the view used `request.upgradeWebSocket()` or returned its 101. Where it called
 * `Deno.upgradeWebSocket()` and returned something else, or threw, one is made.
 *
 * @param request The request.
 * @param response What is about to answer it, if there is anything.
 */
export function upgradeOf<Data extends object>(
  request: ViewRequest<Data>,
  response?: Response,
): Response | undefined {
  const state = requestState(request);
  if (state.upgrade !== undefined) return state.upgrade;
  if (response?.status === 101) return state.upgrade = response;
  if (state.handshake === undefined || !isClosed(state.raw)) return undefined;
  return state.upgrade = upgradeResponse(state.handshake);
}

/** The same where what followed the upgrade failed: the socket is closed, if it is known. */
export function failedUpgradeOf<Data extends object>(
  request: ViewRequest<Data>,
): Response | undefined {
  const upgrade = upgradeOf(request);
  const { socket } = requestState(request);
  if (upgrade !== undefined && socket !== undefined) closeFailed(socket);
  return upgrade;
}
