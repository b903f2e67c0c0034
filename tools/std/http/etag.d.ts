/** What an ETag can be made of besides bytes and text. */
export interface FileInfo {
  /** Last modification. */
  mtime: Date | null;
  /** Size in bytes. */
  size: number;
}
/** Computes an ETag. */
export function eTag(
  entity: string | Uint8Array | FileInfo,
  options?: { algorithm?: string; weak?: boolean },
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
