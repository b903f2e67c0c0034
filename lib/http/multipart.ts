/**
 * `multipart/form-data` (RFC 7578): a whole body, its pieces as they arrive, and the heads of its
 * parts.
 *
 * @module
 */

import { HttpBadRequest, HttpContentTooLarge } from "./errors.ts";
import { isOws, parseParameters, safeFileName, TOKEN, trimOws } from "./field_syntax.ts";

/**
 * Reads a body of `multipart/form-data`, in linear time.
 *
 * Text is UTF-8, bytes that are not become U+FFFD. What is a file is said at `parseHead`; `_charset_`
 * has no meaning.
 *
 * @param bytes The whole body.
 * @param boundary The parameter of the `Content-Type`.
 * @param maxParts Most parts to read.
 * @returns The form, parts in their order.
 * @throws {HttpBadRequest} If the body is malformed or cut short, or there is anything before its
 * first boundary or behind its last.
 * @throws {HttpContentTooLarge} If there are more parts; those after the last allowed one are not
 * looked at.
 * @internal
 */
export function parseMultipart(
  bytes: Uint8Array<ArrayBuffer>,
  boundary: string,
  maxParts: number,
): FormData {
  const form = new FormData();
  const parser = new MultipartParser(boundary, maxParts);
  parser.push(bytes);
  parser.end();
  let head: PartHead | null = null;
  let content: Uint8Array<ArrayBuffer>[] = [];
  for (let event = parser.next(); event.kind !== "end"; event = parser.next()) {
    if (event.kind === "part") head = event.head;
    // Of a whole body they come at once.
    else if (event.kind === "bytes") content.push(event.bytes);
    else if (head !== null) {
      appendPart(form, head, content);
      content = [];
    }
  }
  return form;
}

/**
 * Adds a part to a form.
 *
 * @param form The form.
 * @param head What the part's head says.
 * @param content Its bytes.
 * @internal
 */
export function appendPart(
  form: FormData,
  { name, fileName, type }: PartHead,
  content: readonly Uint8Array<ArrayBuffer>[],
): void {
  if (fileName === null) form.append(name, textOf(content));
  else form.append(name, new File([...content], fileName, { type }));
}

/**
 * The bytes of a field as text.
 *
 * @param content The bytes, in pieces.
 * @internal
 */
export function textOf(content: readonly Uint8Array<ArrayBuffer>[]): string {
  if (content.length < 2) return DECODER.decode(content[0]);
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return content.map((bytes) => decoder.decode(bytes, { stream: true })).join("") +
    decoder.decode();
}

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

const CR = 0x0d;
const LF = 0x0a;
const DASH = 0x2d;
const MAX_HEADER_BYTES = 16_384;
const WINDOW = 64;
const BLANK_LINE: Uint8Array = new Uint8Array([CR, LF, CR, LF]);
const NO_BYTES: Uint8Array<ArrayBuffer> = new Uint8Array();
/** RFC 2046, section 5.1.1, `bchars`. */
const BOUNDARY = /^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/;
const DECODER: TextDecoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * What a parser found: a part begins, some of its bytes, it ends. `"more"`: nothing before the next
 * piece of the body. `"end"`: the form is over.
 *
 * @internal
 */
export type MultipartEvent =
  | { readonly kind: "part"; readonly head: PartHead }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "partEnd" | "more" | "end" };

const PART_END: MultipartEvent = { kind: "partEnd" };
const MORE: MultipartEvent = { kind: "more" };
const END: MultipartEvent = { kind: "end" };

/**
 * Reads a form from the pieces of its body, in linear time.
 *
 * It keeps the head of one part at most, and of the bytes of a part what may be the beginning of a
 * boundary. Before the first boundary there is nothing, or one line break; behind the last one there
 * are spaces, tabs and line breaks only.
 *
 * @internal
 */
export class MultipartParser {
  readonly #delimiter: Uint8Array;
  readonly #maxParts: number;
  #buffer = NO_BYTES;
  /** Bytes before it were handed out. */
  #at = 0;
  /** No boundary begins before it; the search continues here. */
  #search = 0;
  #isWhole = false;
  #parts = 0;
  #state: "start" | "boundary" | "head" | "body" | "epilogue" = "start";

  /**
   * Begins a form.
   *
   * @param boundary The parameter of the `Content-Type`.
   * @param maxParts Most parts to read; those after the last allowed one are not looked at.
   * @throws {HttpBadRequest} If RFC 2046 does not allow the boundary.
   */
  constructor(boundary: string, maxParts: number) {
    if (!BOUNDARY.test(boundary)) throw malformed("the boundary is malformed");
    this.#delimiter = new TextEncoder().encode(`\r\n--${boundary}`);
    this.#maxParts = maxParts;
  }

  /** Takes a piece, once `next()` has asked for more. */
  push(piece: Uint8Array<ArrayBuffer>): void {
    const from = Math.min(this.#at, this.#search);
    const rest = this.#buffer.subarray(from);
    this.#at -= from;
    this.#search -= from;
    if (rest.length === 0) {
      this.#buffer = piece;
      return;
    }
    const joined = new Uint8Array(rest.length + piece.length);
    joined.set(rest);
    joined.set(piece, rest.length);
    this.#buffer = joined;
  }

  /** The body is over. */
  end(): void {
    this.#isWhole = true;
  }

  /**
   * What comes next.
   *
   * @throws {HttpBadRequest} If the body is malformed or cut short.
   * @throws {HttpContentTooLarge} If there are more parts than allowed.
   */
  next(): MultipartEvent {
    if (this.#state === "start" && !this.#readStart()) return MORE;
    if (this.#state === "boundary" && !this.#readBoundary()) return MORE;
    switch (this.#state) {
      case "head":
        return this.#readHead();
      case "body":
        return this.#readBody();
      default:
        return this.#readEpilogue();
    }
  }

  /** An empty preamble, which RFC 2046 and some clients end by a line break. */
  #readStart(): boolean {
    const line = this.#delimiter.subarray(2);
    const start = this.#buffer[0] === CR ? this.#delimiter : line;
    const seen = Math.min(start.length, this.#buffer.length);
    if (!hasBytesAt(this.#buffer, start.subarray(0, seen), 0)) {
      throw malformed("it does not begin with its boundary");
    }
    if (seen < start.length) return this.#wait("the first boundary is missing");
    this.#at = start.length;
    this.#search = this.#at;
    this.#state = "boundary";
    return true;
  }

  #readBoundary(): boolean {
    const buffer = this.#buffer;
    let at = this.#at;
    if (buffer.length < at + 2) return this.#wait("the last boundary is missing");
    if (buffer[at] === DASH && buffer[at + 1] === DASH) {
      this.#at = this.#search = at + 2;
      this.#state = "epilogue";
      return true;
    }
    if (this.#parts === this.#maxParts) {
      throw new HttpContentTooLarge(`The form has more than ${this.#maxParts} parts`);
    }
    while (isOws(buffer[at] ?? NaN)) at++;
    const isBroken = (buffer[at] ?? CR) !== CR || (buffer[at + 1] ?? LF) !== LF;
    if (isBroken || at - this.#at > MAX_HEADER_BYTES) throw malformed("a boundary is malformed");
    if (buffer.length < at + 2) return this.#wait("a boundary is malformed");
    this.#at = this.#search = at;
    this.#parts++;
    this.#state = "head";
    return true;
  }

  #readHead(): MultipartEvent {
    const most = this.#at + MAX_HEADER_BYTES;
    const bytes = this.#buffer.subarray(0, most);
    const end = indexOf(bytes, BLANK_LINE, this.#search);
    if (end === -1) {
      if (this.#isWhole || this.#buffer.length >= most) {
        throw malformed("the headers of a part do not end");
      }
      this.#search = Math.max(this.#search, bytes.length - BLANK_LINE.length + 1);
      return MORE;
    }
    const head = parseHead(DECODER.decode(bytes.subarray(this.#at + 2, end)));
    this.#at = end + BLANK_LINE.length;
    // A part without a body may share the end of its blank line with the next boundary.
    this.#search = this.#at - 2;
    this.#state = "body";
    return { kind: "part", head };
  }

  #readBody(): MultipartEvent {
    const found = indexOf(this.#buffer, this.#delimiter, this.#search);
    if (found === -1 && this.#isWhole) throw malformed("the last boundary is missing");
    const until = found === -1 ? this.#beginningOfBoundary() : found;
    this.#search = until;
    if (until > this.#at) {
      const bytes = this.#buffer.subarray(this.#at, until);
      this.#at = until;
      return { kind: "bytes", bytes };
    }
    if (found === -1) return MORE;
    this.#at = this.#search = found + this.#delimiter.length;
    this.#state = "boundary";
    return PART_END;
  }

  /** Where a boundary may begin whose end has not arrived; the end of the buffer if there is no such place. */
  #beginningOfBoundary(): number {
    const buffer = this.#buffer;
    const first = Math.max(this.#search, buffer.length - this.#delimiter.length + 1);
    for (let at = buffer.indexOf(CR, first); at !== -1; at = buffer.indexOf(CR, at + 1)) {
      if (hasBytesAt(buffer, this.#delimiter.subarray(0, buffer.length - at), at)) return at;
    }
    return buffer.length;
  }

  #readEpilogue(): MultipartEvent {
    const buffer = this.#buffer;
    for (let at = this.#at; at < buffer.length; at++) {
      const byte = buffer[at]!;
      if (byte !== CR && byte !== LF && !isOws(byte)) {
        throw malformed("something stands behind its last boundary");
      }
    }
    this.#at = this.#search = buffer.length;
    return this.#isWhole ? END : MORE;
  }

  /** Waits for what is still to come, if it is. */
  #wait(problem: string): false {
    if (this.#isWhole) throw malformed(problem);
    return false;
  }
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
      if (bytes[at] === CR && bytes[at + 1] === LF && hasBytesAt(bytes, pattern, at)) return at;
    }
  }
  return -1;
}

function hasBytesAt(bytes: Uint8Array, pattern: Uint8Array, at: number): boolean {
  for (let index = 0; index < pattern.length; index++) {
    if (bytes[at + index] !== pattern[index]) return false;
  }
  return true;
}

/**
 * The head of a part.
 *
 * @internal
 */
export interface PartHead {
  /** The name of the field. */
  readonly name: string;
  /** The file's name, reduced by `safeFileName`; `null`: the part is text. */
  readonly fileName: string | null;
  /** The media type of a file. */
  readonly type: string;
}

/** The transfer encodings that change nothing; RFC 7578, section 4.7, forbids all others. */
const IDENTITIES: ReadonlySet<string> = new Set(["7bit", "8bit", "binary"]);
/** RFC 5987, `ext-value` and `value-chars`. */
const EXTENDED_VALUE = /^(utf-8|iso-8859-1)'[^']*'(.*)$/i;
const VALUE_CHARACTERS = /^(?:%[0-9a-f]{2}|[!#$&+\-.^_`|~0-9a-z])*$/i;

/**
 * Reads the head of a part.
 *
 * A part is a file if it has `filename` or `filename*` (RFC 5987, which wins, as in RFC 6266), or if
 * its type is any but `text/plain`: clients send such as JSON without a name.
 *
 * @param text The lines, without the blank one.
 * @throws {HttpBadRequest} If the grammar is broken, there is no name, or the content is encoded or
 * has parts of its own.
 * @internal
 */
export function parseHead(text: string): PartHead {
  const headers = headersOf(text);
  const disposition = parseParameters(headers.get("content-disposition") ?? "");
  if (disposition?.value !== "form-data") throw malformed("a part has no form-data disposition");
  const { parameters } = disposition;
  const name = parameters.get("name");
  if (name === undefined) throw malformed("a part has no name");
  const encoding = headers.get("content-transfer-encoding") ?? "binary";
  if (!IDENTITIES.has(encoding.toLowerCase())) throw malformed("a part is encoded");
  const stated = headers.get("content-type") ?? "";
  const essence = parseParameters(stated)?.value ?? stated;
  if (essence.startsWith("multipart/")) throw malformed("a part has parts of its own");
  const fileName = fileNameOf(parameters);
  const isText = fileName === null && (essence === "" || essence === "text/plain");
  return {
    name: unescapeName(name),
    fileName: isText ? null : safeFileName(fileName ?? ""),
    type: stated === "" ? "application/octet-stream" : stated,
  };
}

function headersOf(text: string): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of text.split("\r\n")) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0)).toLowerCase();
    if (!TOKEN.test(name) || /[\r\n]/.test(line) || headers.has(name)) {
      throw malformed("the headers of a part are malformed");
    }
    headers.set(name, trimOws(line, colon + 1));
  }
  return headers;
}

function fileNameOf(parameters: ReadonlyMap<string, string>): string | null {
  const extended = parameters.get("filename*");
  if (extended !== undefined) return extendedText(extended);
  const fileName = parameters.get("filename");
  return fileName === undefined ? null : unescapeName(fileName);
}

function extendedText(value: string): string {
  const [, charset = "", text = ""] = EXTENDED_VALUE.exec(value) ?? [];
  const isWellFormed = VALUE_CHARACTERS.test(text);
  try {
    if (isWellFormed && charset.toLowerCase() === "utf-8") return decodeURIComponent(text);
  } catch {
    // Not UTF-8.
  }
  if (!isWellFormed || charset.toLowerCase() !== "iso-8859-1") {
    throw malformed("the name of a file is malformed");
  }
  return text.replace(/%(..)/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
}

/** The three characters that the HTML standard escapes in names, and no more of them. */
function unescapeName(name: string): string {
  return name.replaceAll("%22", '"').replaceAll("%0D", "\r").replaceAll("%0A", "\n");
}

function malformed(problem: string): HttpBadRequest {
  return new HttpBadRequest(`The form cannot be read: ${problem}`);
}
