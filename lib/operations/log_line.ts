/**
 * The line of a response in an access log.
 *
 * @module
 */

import type { ResponseSent } from "../app/events.ts";
import { printable, printableJsonLine } from "../printable.ts";
import type { AnyData } from "../views/request.ts";

/** What a line has. */
export interface LineContents {
  /** Whether it is a JSON object. */
  readonly isJson: boolean;
  /** Whether it has the path as it was sent. */
  readonly hasPath: boolean;
  /** What it has of the query. */
  readonly query: "none" | "names" | "all";
}

/** Most characters of a path or a query in a line. */
const LONGEST = 2048;

/**
 * Writes a line, without a line break.
 *
 * @param sent The response that was sent.
 * @param contents What the line has.
 * @param now The time in milliseconds since 1970.
 */
export function lineOf(sent: ResponseSent<AnyData>, contents: LineContents, now: number): string {
  const time = isoTime(now);
  return contents.isJson
    ? printableJsonLine({ time, ...fieldsOf(sent, contents) })
    : textOf(sent, contents, time);
}

let second = NaN;
let secondText = "";

/** ISO 8601 in UTC. The text of a second is kept, because making it takes 1 µs. */
function isoTime(now: number): string {
  const seconds = Math.floor(now / 1000);
  if (seconds !== second) {
    secondText = new Date(seconds * 1000).toISOString().slice(0, -4);
    second = seconds;
  }
  return `${secondText}${String(Math.floor(now - seconds * 1000)).padStart(3, "0")}Z`;
}

/** The fields of a JSON object. An undefined one is left out. */
function fieldsOf(
  { facts, delivery, response }: ResponseSent<AnyData>,
  contents: LineContents,
): Record<string, unknown> {
  return {
    method: facts.method,
    route: facts.route,
    path: contents.hasPath ? shortened(facts.path) : undefined,
    query: queryOf(facts.search, contents),
    status: response.status,
    end: delivery.end,
    milliseconds: tenths(delivery.milliseconds),
    bytes: delivery.bytes,
    view: facts.view,
    session: facts.session,
    rejected: facts.rejected,
    id: facts.requestId,
    client: facts.clientAddress ?? null,
  };
}

function textOf(
  { facts, delivery, response }: ResponseSent<AnyData>,
  contents: LineContents,
  time: string,
): string {
  const { clientAddress, method, path, rejected, requestId, route, search, session, view } = facts;
  const { bytes, end, milliseconds } = delivery;
  const query = queryOf(search, contents);
  return printable(
    `${time} ${method} ${quoted(route ?? "-")} ${response.status} ` +
      `${tenths(milliseconds).toFixed(1)}ms ${bytes === null ? "-" : `${bytes}B`}` +
      (contents.hasPath ? ` path=${quoted(shortened(path))}` : "") +
      (query === undefined ? "" : ` query=${quoted(query)}`) +
      (view === null ? "" : ` view=${quoted(view)}`) +
      ` session=${quoted(session)}` +
      (rejected === undefined ? "" : ` rejected=${rejected}`) +
      (end === "sent" ? "" : ` end=${end}`) +
      ` id=${requestId}` +
      (clientAddress === undefined ? "" : ` client=${clientAddress}`),
  );
}

/** A value as it is, or as a JSON string if it has a space, a quote or an equals sign. */
function quoted(value: string): string {
  return value === "" || /[\s"=\\]/.test(value) ? JSON.stringify(value) : value;
}

function queryOf(search: string, { query }: LineContents): string | undefined {
  if (query === "none" || search.length < 2) return undefined;
  return shortened(query === "all" ? search.slice(1) : maskedQuery(search.slice(1)));
}

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function tenths(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}

/** The most parameters that are read. */
const MOST_PARAMETERS = 100;

/**
 * Replaces each value of a query by `*`. A parameter without an equals sign is a value too.
 *
 * @param query The query, without its question mark.
 * @returns The names, such as `page=*&token=*`. Parameters after the hundredth are left out.
 */
export function maskedQuery(query: string): string {
  return query.split("&", MOST_PARAMETERS).map((parameter) => {
    const end = parameter.indexOf("=");
    return end === -1 ? "*" : `${parameter.slice(0, end)}=*`;
  }).join("&");
}
