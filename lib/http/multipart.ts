/**
 * Forms with files: `multipart/form-data`, read strictly and with limits.
 *
 * The platform's reader (Deno 2.9) cuts a name or a file name at `;` and `=`, and answers a body
 * that was cut short, or a part without a name, with a form in which these are missing. Hence this
 * one. Source: RFC 7578, RFC 2046, section 5.1, and the HTML standard's encoding of names.
 *
 * @module
 */

import { parseParameters } from "./header_parameters.ts";
import type { PartHead } from "./multipart_head.ts";
import { MultipartParser } from "./multipart_parser.ts";

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
