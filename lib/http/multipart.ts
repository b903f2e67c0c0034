/**
 * Forms with files: `multipart/form-data`, read strictly and with limits.
 *
 * The platform's reader (Deno 2.9) cuts a name or a file name at `;` and `=`, and answers a body
 * that was cut short, or a part without a name, with a form in which these are missing. Hence this
 * one. Source: RFC 7578, RFC 2046, section 5.1, and the HTML standard's encoding of names.
 *
 * @module
 */

import { HttpBadRequest, HttpContentTooLarge } from "./errors.ts";
import { safeFileName } from "./file_name.ts";
import { parseParameters } from "./header_parameters.ts";
import { isOws, trimOws } from "./optional_whitespace.ts";

const CR = 0x0d;
const LF = 0x0a;
const DASH = 0x2d;
const MOST_HEADER_BYTES = 16_384;
const WINDOW = 64;
const BLANK_LINE: Uint8Array = new Uint8Array([CR, LF, CR, LF]);
/** RFC 2046, section 5.1.1, `bchars`. */
const BOUNDARY = /^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/;
const DECODER: TextDecoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * The boundary that a `Content-Type` states.
 *
 * @param contentType The header's value.
 * @returns The parameter, the empty text where it is missing: no boundary is that.
 * @internal
 */
export function boundaryOf(contentType: string): string {
  return parseParameters(contentType)?.parameters.get("boundary") ?? "";
}

/**
 * Reads a body of `multipart/form-data`, in linear time.
 *
 * Text is UTF-8, bytes that are not become U+FFFD. A part with a file name, the empty one included,
 * is a `File`, whose name is reduced by `safeFileName`; `filename*`, `_charset_` and
 * `Content-Transfer-Encoding` have no meaning. What stands before the first boundary and after the
 * last is skipped.
 *
 * @param bytes The whole body.
 * @param boundary The parameter of the `Content-Type`.
 * @param maxParts Most parts to read.
 * @returns The form, parts in their order.
 * @throws {HttpBadRequest} If the body is malformed or cut short.
 * @throws {HttpContentTooLarge} If there are more parts; those after the last allowed one are not
 * looked at.
 * @internal
 */
export function parseMultipart(
  bytes: Uint8Array<ArrayBuffer>,
  boundary: string,
  maxParts: number,
): FormData {
  if (!BOUNDARY.test(boundary)) throw malformed("the boundary is malformed");
  const form = new FormData();
  const delimiter = new TextEncoder().encode(`\r\n--${boundary}`);
  const opening = delimiter.subarray(2);
  let found = isAt(bytes, opening, 0) ? -2 : indexOf(bytes, delimiter, 0);
  for (let parts = 0;; parts++) {
    if (found === -1) throw malformed("the last boundary is missing");
    let at = found + delimiter.length;
    if (bytes[at] === DASH && bytes[at + 1] === DASH) return form;
    if (parts === maxParts) {
      throw new HttpContentTooLarge(`The form has more than ${maxParts} parts`);
    }
    while (isOws(bytes[at] ?? NaN)) at++;
    if (bytes[at] !== CR || bytes[at + 1] !== LF) throw malformed("a boundary is malformed");
    const end = endOfHeaders(bytes, at);
    const start = end + BLANK_LINE.length;
    // A part without a body may share the end of its blank line with the next boundary.
    found = indexOf(bytes, delimiter, start - 2);
    if (found === -1) continue;
    appendPart(form, bytes.subarray(at + 2, end), bytes.subarray(start, Math.max(start, found)));
  }
}

function appendPart(form: FormData, head: Uint8Array, body: Uint8Array<ArrayBuffer>): void {
  const headers = parseHead(DECODER.decode(head));
  const disposition = parseParameters(headers.get("content-disposition") ?? "");
  if (disposition?.value !== "form-data") throw malformed("a part has no form-data disposition");
  const name = disposition.parameters.get("name");
  if (name === undefined) throw malformed("a part has no name");
  const fileName = disposition.parameters.get("filename");
  if (fileName === undefined) {
    form.append(unescapeName(name), DECODER.decode(body));
  } else {
    const type = headers.get("content-type") ?? "application/octet-stream";
    form.append(
      unescapeName(name),
      new File([body], safeFileName(unescapeName(fileName)), { type }),
    );
  }
}

function parseHead(head: string): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of head.split("\r\n")) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0)).toLowerCase();
    if (!/^[a-z0-9-]+$/.test(name) || /[\r\n]/.test(line) || headers.has(name)) {
      throw malformed("the headers of a part are malformed");
    }
    headers.set(name, trimOws(line, colon + 1));
  }
  return headers;
}

/** The three characters that the HTML standard escapes in names, and no more of them. */
function unescapeName(name: string): string {
  return name.replaceAll("%22", '"').replaceAll("%0D", "\r").replaceAll("%0A", "\n");
}

function endOfHeaders(bytes: Uint8Array, start: number): number {
  const end = indexOf(bytes.subarray(0, start + MOST_HEADER_BYTES), BLANK_LINE, start);
  if (end === -1) throw malformed("the headers of a part do not end");
  return end;
}

/**
 * Linear, since every pattern here begins with CR LF and what follows can be read as its start once.
 *
 * The native search is fast where there is no CR, and costs a call for each that there is: so it is
 * asked once a window at most.
 */
function indexOf(bytes: Uint8Array, pattern: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(CR, from); at !== -1; at = bytes.indexOf(CR, at)) {
    for (const end = at + WINDOW; at < end; at++) {
      if (bytes[at] === CR && bytes[at + 1] === LF && isAt(bytes, pattern, at)) return at;
    }
  }
  return -1;
}

function isAt(bytes: Uint8Array, pattern: Uint8Array, at: number): boolean {
  for (let index = 0; index < pattern.length; index++) {
    if (bytes[at + index] !== pattern[index]) return false;
  }
  return true;
}

function malformed(problem: string): HttpBadRequest {
  return new HttpBadRequest(`The form cannot be read: ${problem}`);
}
