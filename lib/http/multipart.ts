/**
 * Reads `multipart/form-data` (RFC 7578), from a whole body or from its pieces as they arrive.
 *
 * @module
 */

import { HttpBadRequest, HttpContentTooLarge } from "./errors.ts";
import { isOws, parseParameters, safeFileName, TOKEN, trimOws } from "./field_syntax.ts";

/**
 * Reads a body of `multipart/form-data`, in linear time.
 *
 * Text is read as UTF-8, and other bytes become U+FFFD. `_charset_` has no meaning. `parseHead`
 * decides which part is a file.
 *
 * @param bytes The whole body.
 * @param boundary The parameter `boundary` of the `Content-Type`.
 * @param maxParts The most parts to read.
 * @returns The form. The parts keep their order.
 * @throws {HttpBadRequest} If the body is malformed or cut short. It is also thrown for text before
 * the first boundary or after the last one.
 * @throws {HttpContentTooLarge} If the form has more parts. The parts over the limit are not read.
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
    // A whole body gives all bytes of a part at once.
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
 * @param head The head of the part.
 * @param content The bytes of the part.
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
 * Decodes the bytes of a field as UTF-8.
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
 * Reads the boundary from a `Content-Type`.
 *
 * @param contentType The header's value.
 * @returns The parameter `boundary`, or `""` if it is missing. `""` is not a valid boundary.
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
 * An event of the parser. `"part"`: a part begins. `"bytes"`: some of its bytes. `"partEnd"`: it
 * ends. `"more"`: the parser needs the next piece of the body. `"end"`: the form ends.
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
 * It keeps the head of one part at most, and bytes that may begin a boundary. Before the first
 * boundary only one line break is allowed. After the last boundary only spaces, tabs and line
 * breaks are allowed.
 *
 * @internal
 */
export class MultipartParser {
  readonly #delimiter: Uint8Array;
  readonly #maxParts: number;
  #buffer = NO_BYTES;
  /** The bytes before this index were given out. */
  #at = 0;
  /** No boundary begins before this index. The search continues here. */
  #search = 0;
  #isWhole = false;
  #parts = 0;
  #state: "start" | "boundary" | "head" | "body" | "epilogue" = "start";

  /**
   * Starts before the first boundary.
   *
   * @param boundary The parameter `boundary` of the `Content-Type`.
   * @param maxParts The most parts to read. The parts over the limit are not read.
   * @throws {HttpBadRequest} If RFC 2046 does not allow the boundary.
   */
  constructor(boundary: string, maxParts: number) {
    if (!BOUNDARY.test(boundary)) throw malformed("the boundary is malformed");
    this.#delimiter = new TextEncoder().encode(`\r\n--${boundary}`);
    this.#maxParts = maxParts;
  }

  /** Adds a piece of the body, after `next()` returned `"more"`. */
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

  /** Marks the end of the body. */
  end(): void {
    this.#isWhole = true;
  }

  /**
   * Returns the next event.
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

  /** Reads up to the first boundary. RFC 2046 and some clients put one line break before it. */
  #readStart(): boolean {
    const line = this.#delimiter.subarray(2);
    const start = this.#buffer[0] === CR ? this.#delimiter : line;
    const seen = Math.min(start.length, this.#buffer.length);
    if (!hasBytesAt(this.#buffer, start.subarray(0, seen), 0)) {
      throw malformed("its first line is not its boundary");
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
      throw new HttpContentTooLarge(
        `The form has more than ${this.#maxParts} fields and files. Send fewer of them.`,
      );
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
        throw malformed("the headers of a part are incomplete or too long");
      }
      this.#search = Math.max(this.#search, bytes.length - BLANK_LINE.length + 1);
      return MORE;
    }
    const head = parseHead(DECODER.decode(bytes.subarray(this.#at + 2, end)));
    this.#at = end + BLANK_LINE.length;
    // If a part has no body, then its blank line and the next boundary can share a line break.
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

  /** The index where an incomplete boundary may begin, or the end of the buffer. */
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
        throw malformed("it has text after its last boundary");
      }
    }
    this.#at = this.#search = buffer.length;
    return this.#isWhole ? END : MORE;
  }

  /** Waits for the next piece. If the body has ended, then it throws. */
  #wait(problem: string): false {
    if (this.#isWhole) throw malformed(problem);
    return false;
  }
}

/**
 * Finds a pattern that begins with CR LF. The time is linear, because each CR can begin only one
 * match.
 *
 * The native search is fast in bytes without CR, but costs a call for each CR. It is therefore
 * called at most once for each window.
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
  /** The file's name, reduced by `safeFileName`, or `null` if the part is text. */
  readonly fileName: string | null;
  /** The media type of a file. */
  readonly type: string;
}

/**
 * The transfer encodings that do not change the bytes. Others are refused (RFC 7578, section 4.7).
 */
const IDENTITIES: ReadonlySet<string> = new Set(["7bit", "8bit", "binary"]);
/** RFC 5987, `ext-value` and `value-chars`. */
const EXTENDED_VALUE = /^(utf-8|iso-8859-1)'[^']*'(.*)$/i;
const VALUE_CHARACTERS = /^(?:%[0-9a-f]{2}|[!#$&+\-.^_`|~0-9a-z])*$/i;

/**
 * Reads the head of a part.
 *
 * A part is a file if it has `filename` or `filename*`. If it has both, then `filename*` counts
 * (RFC 5987, RFC 6266). A part with another type than `text/plain` is a file too, because clients
 * send JSON without a file name.
 *
 * @param text The header lines, without the blank line after them.
 * @throws {HttpBadRequest} If the grammar is broken, the name is missing, or the content is encoded
 * or is itself a multipart body.
 * @internal
 */
export function parseHead(text: string): PartHead {
  const headers = headersOf(text);
  const disposition = parseParameters(headers.get("content-disposition") ?? "");
  if (disposition?.value !== "form-data") {
    throw malformed("a part has no Content-Disposition of form-data");
  }
  const { parameters } = disposition;
  const name = parameters.get("name");
  if (name === undefined) throw malformed("a part has no name");
  const encoding = headers.get("content-transfer-encoding") ?? "binary";
  if (!IDENTITIES.has(encoding.toLowerCase())) throw malformed("a part has a transfer encoding");
  const stated = headers.get("content-type") ?? "";
  const essence = parseParameters(stated)?.value ?? stated;
  if (essence.startsWith("multipart/")) throw malformed("a part is itself a multipart body");
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

/** Decodes only the three characters that the HTML standard escapes in names. */
function unescapeName(name: string): string {
  return name.replaceAll("%22", '"').replaceAll("%0D", "\r").replaceAll("%0A", "\n");
}

function malformed(problem: string): HttpBadRequest {
  return new HttpBadRequest(`The form cannot be read: ${problem}. Send the form again.`);
}
