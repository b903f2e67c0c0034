/**
 * Files that lie compressed beside the original: `site.css.br`, `site.css.gz`.
 *
 * @module
 */

import { acceptsEncodings } from "jsr:@std/http@^1.0.0/negotiation";
import type { FoundFile, PublicFolder } from "./public_folder.ts";

/** A content coding whose files we look for. */
export type Coding = "br" | "gzip";

/** A file that lies compressed beside the original. */
export interface PrecompressedFile {
  /** How it is compressed. */
  readonly coding: Coding;
  /** Where it is. */
  readonly file: FoundFile;
}

const SUFFIXES: readonly (readonly [coding: Coding, suffix: string])[] = [
  ["br", ".br"],
  ["gzip", ".gz"],
];

/** Browsers send about 30 characters. */
const LONGEST_HEADER = 1024;

/**
 * Looks for the compressed files beside one.
 *
 * One that is older than the original, by whole seconds, is left out: it was made of an earlier
 * version.
 *
 * @param folder Where to look.
 * @param segments The path of the original.
 * @param original The original.
 */
export async function findPrecompressed(
  folder: PublicFolder,
  segments: readonly string[],
  original: FoundFile,
): Promise<PrecompressedFile[]> {
  const name = segments.at(-1) ?? "";
  const found = await Promise.all(SUFFIXES.map(async ([coding, suffix]) => {
    const file = await folder.find([...segments.slice(0, -1), name + suffix]);
    return file !== null && file.info.isFile && isOf(original, file) ? [{ coding, file }] : [];
  }));
  return found.flat();
}

/**
 * Chooses a content coding by `Accept-Encoding`.
 *
 * The most welcome one; of equally welcome ones `br`, which is the smallest. Without the header, or
 * with one of more than 1,024 characters, none. Source: RFC 9110, section 12.5.3.
 *
 * @param header The header's value.
 * @param offered The codings that are there.
 * @returns The coding, or `null` for the file as it is.
 */
export function chooseCoding(header: string | null, offered: readonly Coding[]): Coding | null {
  // The standard library takes an empty header for none, and none for "anything goes".
  if (header === null || header.trim() === "" || header.length > LONGEST_HEADER) return null;
  const headers = new Headers({ "accept-encoding": brotliFirst(header) });
  const best = acceptsEncodings({ headers }, ...offered, "identity");
  return offered.find((coding) => coding === best) ?? null;
}

/** Of codings that are equally welcome the standard library takes the first named; browsers name gzip first. */
function brotliFirst(header: string): string {
  const isBrotli = (entry: string) => Number(/^\s*br\s*(?:;|$)/.test(entry));
  return header.split(",").sort((one, other) => isBrotli(other) - isBrotli(one)).join(",");
}

function isOf(original: FoundFile, compressed: FoundFile): boolean {
  const [made, changed] = [compressed.info.mtime, original.info.mtime];
  return made === null || changed === null || seconds(made) >= seconds(changed);
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
