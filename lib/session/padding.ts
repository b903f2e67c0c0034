/**
 * Padding that hides the length of what is sealed (ISO/IEC 7816-4).
 *
 * @module
 */

/**
 * Padded text is a multiple of so many bytes.
 *
 * @internal
 */
export const PADDING_BLOCK = 32;

const MARK = 0x80;

/**
 * Length in bytes of a payload once it is padded: the next multiple above it.
 *
 * @param payloadBytes Length of the payload in bytes.
 * @internal
 */
export function paddedLength(payloadBytes: number): number {
  return payloadBytes - payloadBytes % PADDING_BLOCK + PADDING_BLOCK;
}

/**
 * Appends one byte 0x80, always, and then zeros up to the next multiple of {@linkcode PADDING_BLOCK}.
 *
 * @param payload Bytes of any length.
 * @internal
 */
export function pad(payload: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const padded = new Uint8Array(paddedLength(payload.length));
  padded.set(payload);
  padded[payload.length] = MARK;
  return padded;
}

/**
 * Takes the padding off.
 *
 * @param padded What {@linkcode pad} made.
 * @returns A view of the payload, or `null` for anything that `pad` does not make.
 * @internal
 */
export function unpad(padded: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | null {
  if (padded.length % PADDING_BLOCK !== 0) return null;
  const mark = padded.findLastIndex((byte) => byte !== 0);
  if (padded[mark] !== MARK || mark < padded.length - PADDING_BLOCK) return null;
  return padded.subarray(0, mark);
}
