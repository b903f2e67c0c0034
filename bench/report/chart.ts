/**
 * The chart of docs/performance.svg: bars for the pages over HTTP, lines for lookups as routes grow.
 *
 * @module
 */

import { figure, ratio, type Series } from "../result.ts";

const WIDTH = 900;
const ROW = 34;
const BAR = 12;
const NAMES = 270;
const PLOT_HEIGHT = 300;

const STYLE = `
  svg { color-scheme: light dark; }
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .title { font-size: 16px; font-weight: 600; }
  .faint { fill: #59636e; }
  .grid { stroke: #d1d9e0; }
  .mark { stroke: #59636e; stroke-dasharray: 4 3; }
  .ours { font-weight: 600; }
  .read { fill: #0969da; }
  .count { fill: #bc4c00; }
  .line { fill: none; stroke: #8b949e; stroke-width: 1.5; }
  .line.ours { stroke: #0969da; stroke-width: 3; }
  .paper { fill: #ffffff; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .faint { fill: #9198a1; }
    .grid { stroke: #3d444d; }
    .mark { stroke: #9198a1; }
    .read { fill: #58a6ff; }
    .count { fill: #f0883e; }
    .line { stroke: #768390; }
    .line.ours { stroke: #58a6ff; }
    .paper { fill: #0d1117; }
  }
`;

/** Draws the chart. */
export function drawChart(series: readonly Series[]): string {
  const bars = series.filter(({ chart, points }) => chart === "http" && points.length > 1);
  const lines = series.filter(({ chart }) => chart === "routes");
  const barsHeight = 60 + bars.length * ROW;
  const height = barsHeight + PLOT_HEIGHT + 100;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Requests against a hand-written server, and route lookups as routes grow">`,
    `<style>${STYLE}</style>`,
    `<rect class="paper" width="${WIDTH}" height="${height}"/>`,
    ...drawBars(bars),
    `<g transform="translate(0 ${barsHeight + 30})">`,
    ...drawLines(lines),
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

function drawBars(bars: readonly Series[]): string[] {
  const pages = ["/read", "/count"];
  const most = Math.max(1, ...bars.flatMap(({ points }) => points.map(({ y }) => y)));
  const scale = (WIDTH - NAMES - 60) / most;
  const parts = [
    text(16, 26, "Requests in the same CPU time, against a hand-written server", "title"),
    `<rect class="read" x="${NAMES}" y="38" width="10" height="10"/>`,
    text(NAMES + 15, 48, "/read"),
    `<rect class="count" x="${NAMES + 75}" y="38" width="10" height="10"/>`,
    text(NAMES + 90, 48, "/count"),
  ];
  for (const [row, { name, points }] of bars.entries()) {
    const top = 60 + row * ROW;
    const label = plainText(name);
    const of = isOurs(name) ? "ours" : "";
    parts.push(text(NAMES - 10, top + BAR + 4, label, of, "end"));
    for (const [at, page] of pages.entries()) {
      const y = points.find(({ x }) => x === page)?.y;
      if (y === undefined) continue;
      const width = Math.max(1, y * scale).toFixed(1);
      const style = page.slice(1);
      const bar = top + at * (BAR + 1);
      parts.push(
        `<rect class="${style}" x="${NAMES}" y="${bar}" width="${width}" height="${BAR}"/>`,
        text(NAMES + Number(width) + 5, bar + BAR - 1, ratio(y), "faint"),
      );
    }
  }
  const one = (NAMES + scale).toFixed(1);
  parts.push(
    `<line class="mark" x1="${one}" x2="${one}" y1="54" y2="${60 + bars.length * ROW}"/>`,
  );
  return parts;
}

function drawLines(lines: readonly Series[]): string[] {
  const counts = ["10", "100", "1000", "10000"];
  const left = 100;
  const right = WIDTH - 280;
  const x = (count: string): number => left + (Math.log10(Number(count)) - 1) / 3 * (right - left);
  const all = lines.flatMap(({ points }) => points.map(({ y }) => y));
  const lowest = Math.floor(Math.log10(Math.min(...all, 100)));
  const highest = Math.ceil(Math.log10(Math.max(...all, 1000)));
  const y = (ns: number): number =>
    40 + (highest - Math.log10(ns)) / (highest - lowest) * PLOT_HEIGHT;
  const parts = [
    text(16, 20, "One lookup with a parameter, as routes grow (nanoseconds)", "title"),
  ];
  for (let power = lowest; power <= highest; power++) {
    const at = y(10 ** power).toFixed(1);
    parts.push(
      `<line class="grid" x1="${left}" x2="${right}" y1="${at}" y2="${at}"/>`,
      text(left - 8, Number(at) + 4, (10 ** power).toLocaleString("en"), "faint", "end"),
    );
  }
  for (const count of counts) {
    const label = Number(count).toLocaleString("en");
    parts.push(text(x(count), PLOT_HEIGHT + 60, label, "faint", "middle"));
  }
  const labels = labelPlaces(lines.map(({ points }) => y(points.at(-1)?.y ?? 1)));
  for (const [at, { name, points }] of lines.entries()) {
    const of = isOurs(name) ? " ours" : "";
    const path = points.map((point) => `${x(point.x).toFixed(1)},${y(point.y).toFixed(1)}`);
    const last = points.at(-1);
    if (last === undefined) continue;
    parts.push(`<polyline class="line${of}" points="${path.join(" ")}"/>`);
    const label = `${plainText(name)} ${figure(last.y)}`;
    parts.push(text(right + 8, (labels[at] ?? 0) + 4, label, of.trim()));
  }
  return parts;
}

/** Moves labels apart that would cover each other. */
function labelPlaces(wanted: readonly number[]): number[] {
  const places = [...wanted];
  const order = [...wanted.keys()].sort((one, other) => (wanted[one] ?? 0) - (wanted[other] ?? 0));
  let free = -Infinity;
  for (const at of order) {
    places[at] = Math.max(wanted[at] ?? 0, free);
    free = (places[at] ?? 0) + 16;
  }
  return places;
}

function isOurs(name: string): boolean {
  return name.startsWith("Pyramidion");
}

function plainText(name: string): string {
  return name.replaceAll("`", "");
}

function text(x: number, y: number, content: string, style = "", anchor = "start"): string {
  const escaped = content.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const kind = style === "" ? "" : ` class="${style}"`;
  const at = anchor === "start" ? "" : ` text-anchor="${anchor}"`;
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}"${kind}${at}>${escaped}</text>`;
}
