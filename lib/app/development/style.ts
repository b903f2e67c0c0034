/**
 * How the page of development mode looks: light or dark as the visitor likes it.
 *
 * @module
 */

/** The styles of the page. */
export const STYLE = `
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
