/**
 * The page of development mode: what was thrown, where, and who would have answered; for the developer
 * alone, at this very machine.
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
 * Answers what was thrown with a page that shows what happened; `null` where the plain page is to answer.
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
 * Makes what shows errors to the developer; `null` for visitors who are not at this machine.
 *
 * @param explain Says who would answer a request.
 * @param logger Told once that somebody else did not get the page.
 * @param publicOrigin Where the app says that it is.
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
 * Answers what was thrown with everything that a developer wants to know: a page for whoever asks for
 * HTML, text for everybody else. Never kept by any cache.
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
