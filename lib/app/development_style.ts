/**
 * How the page of development mode looks: light or dark as the visitor likes it.
 *
 * @module
 */

/** The styles of the page. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: light-dark(#fdfdfc, #191b1f);
  --text: light-dark(#1d1f23, #e4e5e8);
  --faint: light-dark(#5a5f69, #a4a9b3);
  --line: light-dark(#dcdee3, #363a42);
  --raised: light-dark(#f3f4f6, #22252b);
  --error: light-dark(#a8201a, #ff9c92);
  --marked: light-dark(#ffe1dd, #58231f);
  --notice: light-dark(#7a4d00, #f5c76b);
  --noticed: light-dark(#fff1d2, #3a2e12);
}
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 70rem; margin: 0 auto; padding: 1.5rem 1.25rem 4rem }
.notice { margin: 0; padding: .5rem 1.25rem; background: var(--noticed); color: var(--notice); font-weight: 600 }
.status { margin: 0; color: var(--faint) }
code, pre { font-family: ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace; font-size: .9em }
h1 { margin: .25rem 0 0; color: var(--error); font-size: 1.75rem; line-height: 1.2; overflow-wrap: anywhere }
h2 { margin: 2.25rem 0 .5rem; font-size: 1.2rem; overflow-wrap: anywhere }
h3 { margin: 1.25rem 0 .25rem; font-size: 1rem }
.message { margin: .5rem 0 1rem; font-size: 1.1rem; white-space: pre-wrap; overflow-wrap: anywhere }
code { overflow-wrap: anywhere; unicode-bidi: isolate }
.source { margin: 1rem 0; padding: .75rem 0; overflow-x: auto; background: var(--raised); border: 1px solid var(--line); border-radius: 6px; tab-size: 4 }
.source code { display: block; width: max-content; min-width: 100%; overflow-wrap: normal }
.source mark, .source .line { display: inline-block; min-width: 100%; padding: 0 1rem }
.source mark { background: var(--marked); color: inherit; font-weight: 600 }
.number { display: inline-block; min-width: 4ch; margin-right: 1ch; color: var(--faint); text-align: right; user-select: none }
.frames { margin: .25rem 0; padding-left: 2.25rem }
.frames li::marker { color: var(--faint) }
details { margin: .75rem 0 }
summary { cursor: pointer; color: var(--faint) }
details li:not(.own) { color: var(--faint) }
.verdicts { margin: 0; padding: 0; list-style: none }
.verdicts .view { padding-left: 1.5rem }
table { width: 100%; border-collapse: collapse }
th, td { padding: .3rem .75rem .3rem 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top }
th { width: 14rem; color: var(--faint); font-weight: 500; overflow-wrap: anywhere }
:focus-visible { outline: 2px solid var(--error); outline-offset: 2px }
@media (max-width: 40rem) { th, td { display: block; width: auto } td { padding-top: 0; border-top: 0 } }
`;
