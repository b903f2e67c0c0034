/**
 * The head of a part of `multipart/form-data`: whose value it is, and whether that is a file.
 *
 * @module
 */

import { HttpBadRequest } from "./errors.ts";
import { safeFileName } from "./file_name.ts";
import { parseParameters } from "./header_parameters.ts";
import { trimOws } from "./optional_whitespace.ts";
import { TOKEN } from "./token.ts";

/**
 * What the head of a part says.
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

/** What RFC 7578, section 4.7, leaves of encodings: those that change nothing. */
const IDENTITIES: ReadonlySet<string> = new Set(["7bit", "8bit", "binary"]);
/** RFC 5987, `ext-value`. */
const EXTENDED = /^(utf-8|iso-8859-1)'[^']*'((?:%[0-9a-f]{2}|[!#$&+\-.^_`|~0-9a-z])*)$/i;

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
  const [, charset = "", text = ""] = EXTENDED.exec(value) ?? [];
  try {
    if (charset.toLowerCase() === "utf-8") return decodeURIComponent(text);
  } catch {
    // Not UTF-8.
  }
  if (charset.toLowerCase() !== "iso-8859-1") throw malformed("the name of a file is malformed");
  return text.replace(/%(..)/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
}

/** The three characters that the HTML standard escapes in names, and no more of them. */
function unescapeName(name: string): string {
  return name.replaceAll("%22", '"').replaceAll("%0D", "\r").replaceAll("%0A", "\n");
}

function malformed(problem: string): HttpBadRequest {
  return new HttpBadRequest(`The form cannot be read: ${problem}`);
}
