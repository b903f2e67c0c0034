/**
 * The page of development mode: what was thrown, where, and which view would have answered. Only a
 * developer at this machine sees it.
 *
 * @module
 */

import { forwardedElements } from "../../http/forwarded.ts";
import { ipAddress, isLoopbackAddress, isLoopbackHost } from "../../http/ip_address.ts";
import { pageBody, pageHeaders, prefersHtml } from "../../http/error_pages.ts";
import type { ConnectionInfo } from "../../http/request.ts";
import { addVary } from "../../http/response.ts";
import type { Logger } from "../../log.ts";
import { printable } from "../../printable.ts";
import type { AnyViewRequest, StateOf, ViewRequest } from "../../views/request.ts";
import type { AppReport } from "../report.ts";
import { developmentFacts, type FactSources } from "./facts.ts";
import { developmentHtml, STYLE_HASH } from "./html.ts";
import { developmentText } from "./text.ts";

/**
 * Answers an error with a page that shows what happened. It gives `null` if the plain page must
 * answer.
 *
 * @param error What was thrown.
 * @param request The request that is answered.
 * @param state What happens to it.
 * @param first What the exception view was answering when it threw `error`.
 */
export type DevelopmentPage<Data extends object> = (
  error: unknown,
  request: ViewRequest<Data>,
  state: StateOf<Data>,
  first?: unknown,
) => Promise<Response | null>;

/**
 * Makes the page that shows errors to the developer. The page gives `null` for visitors who are not
 * at this machine.
 *
 * @param explain Finds which view would answer a request.
 * @param logger Receives one message when a visitor from elsewhere did not get the page.
 * @param publicOrigin The origin that the app states for itself.
 */
export function developmentPage<Data extends object>(
  explain: AppReport<Data>["explain"],
  logger: Logger,
  publicOrigin: string | undefined,
): DevelopmentPage<Data> {
  let told = false;
  return async (error, request, state, first) => {
    const stranger = strangerAt(request, publicOrigin);
    if (stranger === null) {
      return await developmentResponse(error, request, state, { explain, first });
    }
    if (!told) {
      logger.warn(
        `The development page was not shown to ${
          printable(stranger)
        }: it is shown at this machine only, at a host such as localhost`,
      );
    }
    told = true;
    return null;
  };
}

/** The page needs its own styles, and nothing else of any kind. */
const POLICY =
  `default-src 'none'; style-src '${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/**
 * Answers an error with the facts that a developer needs. A client that accepts HTML gets a page,
 * and every other client gets text. No cache keeps the response.
 *
 * @param error What was thrown.
 * @param request The request that is answered.
 * @param state What happens to it.
 * @param sources What else the facts are drawn from.
 */
async function developmentResponse<Data extends object>(
  error: unknown,
  request: ViewRequest<Data>,
  state: StateOf<Data>,
  sources: FactSources<Data>,
): Promise<Response> {
  const facts = await developmentFacts(error, request, state, sources);
  const isHtml = prefersHtml(request.headers);
  const headers = pageHeaders(facts.answer, `text/${isHtml ? "html" : "plain"}; charset=utf-8`);
  addVary(headers, "accept");
  headers.set("cache-control", "no-store");
  headers.set("content-security-policy", POLICY);
  headers.set("referrer-policy", "no-referrer");
  const page = isHtml ? developmentHtml(facts) : developmentText(facts);
  const { status } = facts.answer;
  return new Response(pageBody(page, headers, request), { status, headers });
}

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
 * Why a request is not known to be the developer's, or `null` if it is.
 *
 * The peer of the connection must be this machine. Every address in a forwarding header must also
 * be this machine, so a forged header can only hide the page.
 *
 * Over plain http the requested host must be this machine or the host of `publicOrigin`. The reason
 * is DNS rebinding: another site can point its own name at an address of this machine. Without a
 * server, as in tests, the request is the developer's.
 *
 * @param request The request.
 * @param publicOrigin The origin that the app states for itself.
 */
function strangerAt(
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
