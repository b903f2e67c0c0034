/**
 * Which bytes of a file a request asks for.
 *
 * @module
 */

/** Bytes of a file, both ends included. */
export interface ByteRange {
  /** The position of the first byte. */
  readonly first: number;
  /** The position of the last byte, at least `first` and less than the file's size. */
  readonly last: number;
}

const SINGLE = /^bytes=[ \t]*(\d*)-(\d*)$/i;

/**
 * Reads a `Range` header.
 *
 * One range and one suffix (`bytes=-500`) are read. Several ranges, another unit and whatever is
 * malformed mean the whole file, as a server may decide; so does every range of an empty file.
 * Source: RFC 9110, section 14.2.
 *
 * @param header The header's value.
 * @param size The size of the file in bytes.
 * @returns The range, `"whole"`, or `"unsatisfiable"` where it lies behind the end.
 */
export function byteRange(
  header: string | null,
  size: number,
): ByteRange | "whole" | "unsatisfiable" {
  const [, from = "", to = ""] = SINGLE.exec(header ?? "") ?? [];
  if ((from === "" && to === "") || size === 0) return "whole";
  if (from === "") {
    const length = Math.min(Number(to), size);
    return length === 0 ? "unsatisfiable" : { first: size - length, last: size - 1 };
  }
  const first = Number(from);
  const last = to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== "" && Number(to) < first) return "whole";
  return first >= size ? "unsatisfiable" : { first, last };
}
