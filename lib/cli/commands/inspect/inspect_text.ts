/**
 * `inspect`: writes an inspection as text or as data.
 *
 * @module
 */

import type { RefusalReason } from "../../../../session.ts";
import { printable } from "../../../printable.ts";
import type { CommandEnvironment } from "../../environment.ts";
import { emphasis, table } from "../../table.ts";
import type { CookieInspection } from "./inspect_cookie.ts";
import type { RecognizedFormat } from "./inspect_format.ts";

const REASONS: Readonly<Record<RefusalReason, string>> = {
  "malformed": "its contents do not fit the format",
  "unknown-key": "none of these secrets wrote it",
  "bad-mac": "it was changed, or it was written for a cookie of another name",
  "expired-idle": "more time than timeout has passed since the last renewal",
  "expired-absolute": "more time than lifetime has passed since the session began",
  "future": "it was issued in the future",
  "revoked": "the session was ended",
  "gone": "the store does not hold it",
  "too-large": "requests at the same time made the session too large",
  "schema": "its contents do not fit the schema of the app",
};

/** The text for Pyramid's cookies, which do not name their key. */
const PYRAMID_BAD_MAC = "it was changed, or it was written with another secret or salt";

const UNVERIFIED =
  "Not verified: SESSION_SECRET is not set, so that anybody can have written this cookie.";

/** The options of the text. */
export interface InspectionTextOptions
  extends Pick<CommandEnvironment, "columns" | "isColoured" | "now"> {
  /** Whether the text shows the values of the app's keys. */
  readonly showsValues: boolean;
}

/**
 * Writes an inspection as text.
 *
 * @param inspection The result of the inspection.
 * @param options The width and style of the terminal, the time, and whether the text shows values.
 */
export function inspectionText(
  inspection: CookieInspection,
  options: InspectionTextOptions,
): string {
  const { strong } = emphasis(options.isColoured);
  const { keys, weakness } = inspection;
  const lines = [
    strong(`Cookie ${printable(inspection.name)}: ${formatText(inspection)}`),
    "",
    ...table(["", ""], facts(inspection, options.now), options.columns).slice(1),
  ];
  if (keys !== null) lines.push("", ...keysText(inspection, options));
  lines.push("", strong(verdictText(inspection)));
  if (weakness !== null) lines.push(`An app would throw at start-up: ${printable(weakness)}`);
  return [...lines, ""].join("\n");
}

/** Makes the data of an inspection for JSON. */
export function inspectionJson(inspection: CookieInspection, showsValues: boolean): object {
  const { values, format, isStoreAsked: _, stored, ...others } = inspection;
  const shown: Record<string, unknown> = { ...format };
  delete shown.payload;
  delete shown.key;
  const { standing, expires, isSignedIn } = stored ?? {};
  const inStore = stored === null ? null : { standing, expires, isSignedIn };
  return {
    ...others,
    stored: inStore,
    format: shown,
    ...showsValues ? { values: Object.fromEntries(values) } : {},
  };
}

function formatText({ format, content }: CookieInspection): string {
  switch (format.format) {
    case "signed":
      return content === "stored id"
        ? "signed, the name of a stored session (format 1)"
        : "signed (format 1)";
    case "encrypted":
      return "encrypted (format 2)";
    case "stored":
      return "the key of a stored session (format 3)";
    case "pyramid":
      return `Pyramid's, signed with ${format.hash}`;
    case "unknown":
      return "of an unknown format";
  }
}

function facts(
  { name, format, id, stored, times, rememberFor, size, limit }: CookieInspection,
  now: number,
): string[][] {
  const share = (100 * size / limit).toFixed(size < limit / 10 ? 1 : 0);
  const excess = size > limit ? ": browsers reject it" : "";
  return [
    ...formatFacts(format),
    ...id === null ? [] : [["session id", id]],
    ...stored === null ? [] : [["signed in", stored.isSignedIn ? "yes" : "no"]],
    ...times === null ? [] : [
      ["created", timeText(times.created, now)],
      ["renewed", timeText(times.renewed, now)],
    ],
    ...stored === null ? [] : [["expires", timeText(stored.expires, now)]],
    ...rememberFor === undefined ? [] : [["remembered", `for ${durationText(rememberFor)}`]],
    [
      "size",
      `${byteCount(size)} of ${
        byteCount(limit)
      } bytes (${share} %), the name's ${name.length} included${excess}`,
    ],
  ];
}

function formatFacts(format: RecognizedFormat): string[][] {
  if (format.format === "unknown") return [["because", printable(format.because)]];
  if (format.format === "pyramid") return [];
  const flags = `0x${format.flags.toString(16).padStart(2, "0")}`;
  return [
    ["version", String(format.version)],
    ["flags", flags + (format.flags === 0 ? "" : ": unknown to this version")],
    ["key id", format.keyId],
  ];
}

function keysText(
  { keys, values }: CookieInspection,
  { columns, isColoured, showsValues }: InspectionTextOptions,
): string[] {
  if (keys === null || keys.length === 0) return ["The session is empty."];
  const rows = keys.map(({ key, bytes: count }) => [
    printable(key),
    byteCount(count),
    showsValues && values.has(key) ? printable(JSON.stringify(values.get(key)) ?? "") : "",
  ]);
  const [title = "", ...lines] = table(["key", "bytes", "value"], rows, columns);
  return [emphasis(isColoured).strong(title), ...lines];
}

function verdictText(inspection: CookieInspection): string {
  const { verification, over, format, content, isStoreAsked, stored } = inspection;
  switch (verification.state) {
    case "valid":
      return content === "stored session" && !isStoreAsked
        ? "Valid: the secret signed it. Give --store to ask the store whether the session exists."
        : stored?.standing === "rotated lately"
        ? "Valid for a few seconds: the session has a newer cookie since regenerate() or remember()"
        : content === "stored id"
        ? "Valid: the secret signed it. This command does not ask the store whether the session exists."
        : verification.stale
        ? "Valid: an older secret signed it, so that an app writes it again with the newest"
        : "Valid";
    case "refused": {
      const { reason } = verification;
      const isPyramids = reason === "bad-mac" && format.format === "pyramid";
      return `Rejected: ${reason}: ${isPyramids ? PYRAMID_BAD_MAC : REASONS[reason]}`;
    }
    case "unverified": {
      const unread = format.format === "encrypted"
        ? " Its contents are not readable without the secret."
        : "";
      if (isStoreAsked) {
        return `${UNVERIFIED} ${
          stored === null ? "The store does not hold its session." : "The store holds its session."
        }`;
      }
      const late = over === null ? "" : ` An app would reject it because of its times: ${over}.`;
      return `${UNVERIFIED}${unread}${late}`;
    }
  }
}

function byteCount(count: number): string {
  return count.toLocaleString("en");
}

/** The last millisecond of the calendar (ECMA-262, section 21.4.1.1). */
const LAST_TIME = 8.64e15;

const UNITS: readonly [name: string, seconds: number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

/**
 * Writes a time and its age: `2026-11-24T09:00:00.000Z (12 minutes ago)`.
 *
 * @param time The time in milliseconds since 1970.
 * @param now The present time in milliseconds since 1970.
 */
export function timeText(time: number, now: number): string {
  if (!(Math.abs(time) <= LAST_TIME)) return `${time} ms (not a date)`;
  const age = Math.round((now - time) / 1000);
  const distance = age === 0
    ? "now"
    : age > 0
    ? `${durationText(age)} ago`
    : `in ${durationText(-age)}, by this machine's clock`;
  return `${new Date(time).toISOString()} (${distance})`;
}

/**
 * Writes a duration in its largest unit, rounded down: `12 minutes`.
 *
 * @param seconds A whole number, at least 0.
 */
export function durationText(seconds: number): string {
  const [name, unit] = UNITS.find(([, unit]) => seconds >= unit) ?? ["second", 1];
  const count = Math.floor(seconds / unit);
  return `${count.toLocaleString("en")} ${name}${count === 1 ? "" : "s"}`;
}
