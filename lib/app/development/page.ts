/**
 * The page of development mode: what was thrown, where, and who would have answered.
 *
 * @module
 */

import { pageBody, pageHeaders, prefersHtml } from "../../http/error_pages.ts";
import { addVary } from "../../http/response.ts";
import type { ViewRequest } from "../../views/request.ts";
import { developmentFacts, type FactSources } from "./facts.ts";
import { developmentHtml } from "./html.ts";
import { STYLE_HASH } from "./style.ts";
import { developmentText } from "./text.ts";

/** The page needs its own styles, and nothing else of any kind. */
const POLICY =
  `default-src 'none'; style-src '${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/**
 * Answers what was thrown with everything that a developer wants to know: a page for whoever asks for
 * HTML, text for everybody else. Never kept by any cache.
 *
 * @param error What was thrown.
 * @param request The request that is answered.
 * @param sources What else the facts are drawn from.
 */
export async function developmentResponse<Data extends object>(
  error: unknown,
  request: ViewRequest<Data>,
  sources: FactSources<Data>,
): Promise<Response> {
  const facts = await developmentFacts(error, request, sources);
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
