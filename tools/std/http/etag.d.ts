/** What an ETag can be made of besides bytes and text. */
export interface FileInfo {
  /** Last modification. */
  mtime: Date | null;
  /** Size in bytes. */
  size: number;
}
/** How an ETag is computed. */
export interface ETagOptions {
  /** The digest; by default SHA-256. */
  algorithm?: AlgorithmIdentifier;
  /** Whether the tag is weak; by default that of a file is. */
  weak?: boolean;
}
/** Computes an ETag of text or bytes. */
export function eTag(
  entity: string | ReturnType<TextEncoder["encode"]>,
  options?: ETagOptions,
): Promise<string>;
/** Computes an ETag of a file; none where its time is unknown. */
export function eTag(
  entity: FileInfo,
  options?: ETagOptions,
): Promise<string | undefined>;
/** Whether an `If-Match` value allows the request. */
export function ifMatch(
  value: string | null,
  etag: string | undefined,
): boolean;
/** Whether an `If-None-Match` value allows a full response. */
export function ifNoneMatch(
  value: string | null,
  etag: string | undefined,
): boolean;
