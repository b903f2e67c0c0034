/**
 * Who may see the pages of development mode: the developer, at this very machine.
 *
 * @module
 */

import { forwardedElements } from "../../http/forwarded.ts";
import { ipAddress, isLoopbackAddress, isLoopbackHost } from "../../http/ip_address.ts";
import type { ConnectionInfo } from "../../http/request.ts";
import type { AnyViewRequest } from "../../views/request.ts";

/** Headers in which proxies and CDNs name whom they answer. */
const CLIENTS = [
  "x-forwarded-for",
  "x-real-ip",
  "x-client-ip",
  "true-client-ip",
  "cf-connecting-ip",
  "fastly-client-ip",
  "fly-client-ip",
  "x-cluster-client-ip",
];
/** Headers by which a proxy shows that it is there, without naming anybody. */
const PROXIED = ["via", "x-forwarded-proto"];

/**
 * Why a request is not known to be the developer's; `null` where it is.
 *
 * The peer must be this machine, and so must everybody whom a header names: what a visitor writes into
 * one can only hide the page. The host that is asked by plain http must lead to this machine or be
 * that of `publicOrigin`, since a page of another site can give its own name an address of this machine (DNS
 * rebinding). Without
 * a server, as in tests, it is the developer's.
 *
 * @param request The request.
 * @param publicOrigin Where the app says that it is.
 */
export function strangerAt(
  request: AnyViewRequest,
  publicOrigin: string | undefined,
): string | null {
  const { headers, info } = request;
  if (info === undefined) return null;
  // Another server than Deno's may hand on something else.
  const peer: ConnectionInfo["remoteAddr"] | undefined = info.remoteAddr;
  if (peer === undefined) return "an address that the server does not tell";
  // Whoever may open a Unix socket is on this machine.
  if (peer.hostname !== undefined && !isHere(peer.hostname)) return peer.hostname;
  for (const name of CLIENTS) {
    const stranger = headers.get(name)?.split(",").find((address) => !isHere(address.trim()));
    if (stranger !== undefined) return stranger.trim();
  }
  const forwarded = headers.get("forwarded");
  const elements = forwarded === null ? [] : forwardedElements(forwarded);
  if (elements === null) return "an address that cannot be read";
  for (const element of elements) {
    const address = element.get("for");
    if (address !== undefined && !isHere(address)) return address;
  }
  const isNamed = CLIENTS.some((name) => headers.has(name)) ||
    elements.some((element) => element.has("for"));
  if (!isNamed && PROXIED.some((name) => headers.has(name))) {
    return "a visitor whom the proxy hides";
  }
  // Where the app itself ends TLS, its certificate has shown that the name is right.
  if (request.raw.url.startsWith("https:")) return null;
  const asked = [headers.get("host"), ...headers.get("x-forwarded-host")?.split(",") ?? []];
  const host = asked.find((host) => host !== null && !isOurs(host.trim(), publicOrigin));
  return host === undefined ? null : `a visitor of ${host}`;
}

function isOurs(host: string | null, publicOrigin: string | undefined): boolean {
  const { hostname } = URL.parse(`http://${host}`) ?? { hostname: "" };
  return isLoopbackHost(hostname) ||
    publicOrigin !== undefined && new URL(publicOrigin).hostname === hostname;
}

function isHere(text: string): boolean {
  const address = ipAddress(text);
  return address !== undefined && isLoopbackAddress(address);
}
