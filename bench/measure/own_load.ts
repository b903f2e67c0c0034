/**
 * The bench's own load, for where wrk is missing and for exact numbers of requests: keeps so many
 * connections busy, and prints one line of JSON as wrk.lua does.
 *
 * Arguments: URL, connections, milliseconds (0: until the count), count (0: until the time is up), and a
 * file of cookies to send by turns, if any. `#` in the URL is replaced by 1, 2, 3, …
 *
 * @module
 */

import { say } from "../say.ts";

const [url = "", connections = "1", milliseconds = "0", count = "0", cookieFile] = Deno.args;
const cookies = cookieFile === undefined
  ? []
  : Deno.readTextFileSync(cookieFile).trim().split("\n");
const { hostname, port, host } = new URL(url);
const target = url.slice(url.indexOf("/", 8));
const most = Number(count) || Infinity;
const encoder = new TextEncoder();
const decoder = new TextDecoder("latin1");
const fixed = cookies.length < 2 && !target.includes("#") ? requestOf(0) : undefined;
const latencies: number[] = [];
let sent = 0;
let failed = 0;

function requestOf(number: number): Uint8Array<ArrayBuffer> {
  const cookie = cookies[number % Math.max(1, cookies.length)];
  const header = cookie === undefined ? "" : `Cookie: ${cookie}\r\n`;
  const path = target.replace("#", String(number + 1));
  return encoder.encode(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${header}\r\n`);
}

async function connection(until: number): Promise<void> {
  using socket = await Deno.connect({ hostname, port: Number(port) });
  const buffer = new Uint8Array(65_536);
  while (sent < most && performance.now() < until) {
    const begun = performance.now();
    await writeAll(socket, fixed ?? requestOf(sent));
    sent++;
    if (!await isAnswered(socket, buffer)) failed++;
    latencies.push(performance.now() - begun);
  }
}

async function writeAll(socket: Deno.Conn, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await socket.write(bytes.subarray(at));
}

/** Reads one whole response; whether its status is below 400. */
async function isAnswered(socket: Deno.Conn, buffer: Uint8Array<ArrayBuffer>): Promise<boolean> {
  for (let filled = 0;;) {
    const read = await socket.read(buffer.subarray(filled));
    if (read === null) throw new Error("The server has closed the connection");
    filled += read;
    const text = decoder.decode(buffer.subarray(0, filled));
    const end = text.indexOf("\r\n\r\n");
    if (end === -1) continue;
    const length = Number(/content-length: *(\d+)/i.exec(text.slice(0, end))?.[1] ?? NaN);
    if (Number.isNaN(length)) throw new Error("The response does not tell its length");
    if (filled >= end + 4 + length) return Number(text.slice(9, 12)) < 400;
  }
}

function percentile(share: number): number {
  latencies.sort((one, other) => one - other);
  return Math.round((latencies[Math.floor(latencies.length * share)] ?? 0) * 1000);
}

const start = performance.now();
const until = Number(milliseconds) === 0 ? Infinity : start + Number(milliseconds);
await Promise.all(Array.from({ length: Number(connections) }, () => connection(until)));
const microseconds = Math.round((performance.now() - start) * 1000);
say(JSON.stringify({
  requests: sent,
  microseconds,
  failed,
  p50: percentile(0.5),
  p99: percentile(0.99),
}));
