/**
 * By what caches recognise a version of a file.
 *
 * @module
 */

import { eTag } from "jsr:@std/http@^1.0.0/etag";

/** What tells one version of a file from another. */
export interface Validators {
  /** A weak entity tag of size and time; `null` where the system tells no time. */
  readonly etag: string | null;
  /** When the file was changed, milliseconds of whole seconds; `null` if unknown or in the future. */
  readonly lastModified: number | null;
}

/**
 * Makes the validators of a file without reading it.
 *
 * Two versions of the same size that were written in the same millisecond are taken for one, hence
 * the tag is weak. Costs one SHA-256 of a few bytes. Source: RFC 9110, section 8.8.
 *
 * @param info Size and time.
 * @param coding The content coding of this file, which tells its tag from that of the original.
 * @param now The time in milliseconds.
 */
export async function validatorsOf(
  { mtime, size }: Pick<Deno.FileInfo, "mtime" | "size">,
  coding: string | null = null,
  now: number = Date.now(),
): Promise<Validators> {
  if (mtime === null) return { etag: null, lastModified: null };
  const tag = await eTag({ mtime, size }) ?? null;
  const seconds = Math.floor(mtime.getTime() / 1000) * 1000;
  return {
    etag: coding === null || tag === null ? tag : tag.replace(/"$/, `-${coding}"`),
    lastModified: seconds > now ? null : seconds,
  };
}
