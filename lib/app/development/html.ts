/**
 * The page of development mode as HTML: light or dark as the visitor likes it.
 *
 * @module
 */

import { type Html, html, insecureRaw } from "../../http/html.ts";
import type { DevelopmentFacts, ErrorFacts } from "./facts.ts";
import type { SourceLine } from "./stack.ts";
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
} from "./text.ts";

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

function sourceHtml(source: readonly SourceLine[], location = ""): Html {
  // deno-fmt-ignore: it would indent the source.
  return html`<pre tabindex="0" role="group" aria-label="Source ${location}"><code>${source.map(({ number, text, isIt }) => {
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

/** The styles of the page. */
const STYLE = `
:root {
  color-scheme: light dark;
  --page: light-dark(#f5f6f4, #14181b);
  --card: light-dark(#fff, #1c2126);
  --sunk: light-dark(#eceeeb, #101316);
  --ink: light-dark(#1a2126, #e7eaea);
  --soft: light-dark(#55616a, #a9b3b9);
  --line: light-dark(#d9ddd9, #333b42);
  --act: light-dark(#1d4f99, #92baff);
  --bad: light-dark(#a61f18, #ffa097);
  --bad-bg: light-dark(#fdecea, #3a1a17);
  --note: light-dark(#6f4a00, #f1cb7a);
  --note-bg: light-dark(#fdf3d9, #352a10);
}
* { box-sizing: border-box }
html { -webkit-text-size-adjust: 100% }
body { margin: 0; background: var(--page); color: var(--ink); font: 1rem/1.55 system-ui, "Segoe UI", Roboto, "Liberation Sans", sans-serif; overflow-wrap: anywhere }
.top { background: var(--card); border-bottom: 1px solid var(--line) }
.brand, main { width: min(100% - 2rem, 66rem); margin: 0 auto }
.brand { display: flex; align-items: center; gap: .6rem; min-height: 3.5rem; font-weight: 700 }
.brand svg { flex: none; width: 1.7rem; height: 1.5rem; fill: var(--soft) }
.brand .tip { fill: light-dark(#a8730b, #e6b64f) }
main { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.5rem; padding: 1.5rem 0 4rem }
h1, h2, h3 { margin: 0; line-height: 1.2; letter-spacing: -.015em; text-wrap: balance }
h1 { color: var(--bad); font-size: clamp(1.6rem, 1.3rem + 1.4vw, 2.1rem) }
h2 { margin-bottom: .75rem; font-size: 1.25rem; font-weight: 650 }
h3 { margin: 1.25rem 0 .25rem; font-size: 1rem; font-weight: 600 }
p { margin: .5rem 0 }
.notice { display: flex; gap: .75rem; margin: 0; padding: .8rem 1rem; border-left: 4px solid; border-radius: 4px 8px 8px 4px; color: var(--note); background: var(--note-bg) }
.notice::before { content: "i"; flex: none; display: grid; place-items: center; width: 1.5rem; height: 1.5rem; border: 2px solid; border-radius: 50%; font: 700 .85rem/1 ui-monospace, monospace }
.notice span { color: var(--ink) }
.status { color: var(--soft) }
.message { font-size: 1.1rem; white-space: pre-wrap }
section { padding: clamp(1rem, .6rem + 1.6vw, 1.5rem); background: var(--card); border: 1px solid var(--line); border-radius: 12px }
section > :last-child { margin-bottom: 0 }
.two { display: grid; gap: 1.5rem; align-items: start; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22.5rem), 1fr)) }
code, pre { font-family: ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace; font-size: .9rem }
code { unicode-bidi: isolate }
pre { margin: 1rem 0; padding: .75rem 0; overflow-x: auto; background: var(--sunk); border: 1px solid var(--line); border-radius: 8px; tab-size: 4 }
pre code { display: block; width: max-content; min-width: 100%; overflow-wrap: normal }
mark, .line { display: inline-block; min-width: 100%; padding: 0 1rem }
mark { background: var(--bad-bg); box-shadow: inset 4px 0 var(--bad); color: inherit; font-weight: 600 }
.number { display: inline-block; min-width: 4ch; margin-right: 1ch; color: var(--soft); text-align: right; user-select: none }
.frames { margin: .25rem 0; padding-left: 2.25rem }
.frames li::marker, details li:not(.own) { color: var(--soft) }
summary { width: fit-content; min-height: 2.75rem; padding: .6rem 0; color: var(--act); font-weight: 600; cursor: pointer }
.verdicts { margin: 0; padding: 0; list-style: none }
.verdicts li { padding: .5rem 0; border-top: 1px solid var(--line) }
.verdicts li:first-child { border: 0; padding-top: 0 }
.verdicts .view { padding-left: 1.5rem }
dl { margin: 0; font-variant-numeric: tabular-nums }
dl div { display: grid; grid-template-columns: minmax(0, 9rem) minmax(0, 1fr); gap: 0 1rem; padding: .5rem 0; border-top: 1px solid var(--line) }
.wide div { grid-template-columns: minmax(0, 14rem) minmax(0, 1fr) }
dl div:first-child { border-top: 0; padding-top: 0 }
dl div:last-child, .verdicts li:last-child { padding-bottom: 0 }
dt { color: var(--soft) }
dd { margin: 0 }
:focus-visible { outline: 3px solid var(--act); outline-offset: 2px; border-radius: 4px }
@media (max-width: 40rem) { dl div, .wide div { grid-template-columns: minmax(0, 1fr) } }
`;

/** The SHA-256 of the styles, as a `Content-Security-Policy` names it. */
export const STYLE_HASH = "sha256-wXw7UdhQWCSFR/LF/XXU18rtQIFggpR5lk+/rIQsXwA=";
