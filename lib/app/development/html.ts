/**
 * The page of development mode as HTML.
 *
 * @module
 */

import { type Html, html, insecureRaw } from "../../http/html.ts";
import type { ErrorFacts } from "./error_facts.ts";
import type { DevelopmentFacts } from "./facts.ts";
import type { SourceLine } from "./source_excerpt.ts";
import { STYLE } from "./style.ts";
import {
  errorHeading,
  explanationSaid,
  frameText,
  isUnanswered,
  messageOf,
  MODE,
  NO_ROUTE,
  NOTICE,
  ownFrames,
  TRIED,
} from "./words.ts";

type Pairs = readonly (readonly [what: string, value: string])[];

/** The mark of Pyramidion, its capstone apart. */
const MARK =
  '<svg viewBox="0 0 34 30" aria-hidden="true"><path class="tip" d="M17 1 23.4 12H10.6Z"/><path d="M9.4 14h15.2l3.5 6H5.9ZM4.7 22h24.6L33.4 29H.6Z"/></svg>';

/** Writes the facts as a whole page. */
export function developmentHtml(facts: DevelopmentFacts): string {
  const { answer, errors, request, route, session } = facts;
  const [thrown, ...others] = errors;
  const heading = thrown?.name ?? answer.title;
  const message = thrown === undefined ? "" : messageOf(thrown, facts);
  const details = thrown === undefined ? "" : errorDetails(thrown).toString();
  const matched: Pairs = route === null
    ? []
    : [["name", route.name], ["pattern", route.pattern], ...route.matchdict];
  // deno-fmt-ignore: it would indent the page.
  const tried = html`<section>
<h2>${TRIED}</h2>
${explanationHtml(facts)}
</section>
`;
  const isTriedFirst = isUnanswered(facts);
  // deno-fmt-ignore: it would indent the page.
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${answer.status} ${heading}${message === "" ? "" : `: ${message}`}</title>
<style>${insecureRaw(STYLE)}</style>
</head>
<body>
<header class="top"><p class="brand">${insecureRaw(MARK)}${MODE}</p></header>
<main>
<p class="notice"><span>${NOTICE}</span></p>
<header>
<p class="status">${answer.status} ${answer.title} for <code>${request.method} ${pathOf(request.url)}</code></p>
<h1>${heading}</h1>
${message === "" ? "" : html`<p class="message">${message}</p>\n`}</header>
${isTriedFirst && tried}${details === "" ? "" : html`<section>
<h2>Where it was thrown</h2>
${insecureRaw(details)}</section>
`}${others.map((error) => html`<section>
<h2>${errorHeading(error)}</h2>
<p class="message">${error.message}</p>
${errorDetails(error)}
</section>
`)}${!isTriedFirst && tried}<div class="two">
<section>
<h2>Matched route</h2>
${matched.length === 0 ? html`<p>${NO_ROUTE}</p>` : pairsHtml(matched)}
</section>
<section>
<h2>Session</h2>
${pairsHtml(session)}
</section>
</div>
<section>
<h2>Request</h2>
<p><code>${request.method} ${request.url}</code></p>
${pairsHtml(request.headers, "wide")}
</section>
</main>
</body>
</html>
`.toString();
}

function errorDetails(error: ErrorFacts): Html {
  const own = ownFrames(error);
  const { frames, source } = error;
  // deno-fmt-ignore: it would indent the page.
  return html`${source.length === 0 ? "" : sourceHtml(source, own[0] && frameText(own[0]))}${own.length === 0 ? "" : html`<h3>In the app</h3>
<ol class="frames">
${own.map((frame) => html`<li><code>${frameText(frame)}</code></li>\n`)}</ol>
`}${frames.length === own.length ? "" : html`<details>
<summary>Full stack: ${frames.length} ${frames.length === 1 ? "frame" : "frames"}</summary>
<ol class="frames">
${frames.map((frame) => html`<li${frame.isOwn ? html` class="own"` : ""}><code>${frameText(frame)}</code></li>\n`)}</ol>
</details>
`}`;
}

function sourceHtml(source: readonly SourceLine[], place = ""): Html {
  // deno-fmt-ignore: it would indent the source.
  return html`<pre tabindex="0" role="group" aria-label="Source ${place}"><code>${source.map(({ number, text, isIt }) => {
    const line = html`<span class="number">${String(number)}</span> ${text}`;
    return isIt ? html`<mark>${line}</mark>\n` : html`<span class="line">${line}</span>\n`;
  })}</code></pre>
`;
}

function explanationHtml(facts: DevelopmentFacts): Html {
  const said = explanationSaid(facts);
  if (typeof said === "string") return html`<p>${said}</p>`;
  // deno-fmt-ignore: it would indent the page.
  return html`<ul class="verdicts">
${said.map(({ kind, name, verdict }) => html`<li class="${kind}">${kind} <code>${name}</code> ${verdict}</li>\n`)}</ul>`;
}

function pairsHtml(pairs: Pairs, className?: string): Html {
  if (pairs.length === 0) return html`<p>None.</p>`;
  // deno-fmt-ignore: it would indent the page.
  return html`<dl${className === undefined ? "" : html` class="${className}"`}>
${pairs.map(([what, value]) => html`<div><dt>${what}</dt><dd><code>${value}</code></dd></div>\n`)}</dl>`;
}

function pathOf(url: string): string {
  return url.replace(/^[a-z]+:\/\/[^/?#]*/i, "");
}
