/**
 * Hashes of files, so that the URL of a file changes with its content.
 *
 * @module
 */

import { type FoundFile, hasSameVersion } from "./public_folder.ts";

/** The parameter of a URL that holds the hash of its file. */
export const HASH_PARAMETER = "v";

/** The most bytes of a file that is hashed. A larger file would stop the app for a while. */
export const MAX_HASHED_BYTES = 4 * 1024 * 1024;

const HASH = /^[0-9a-f]{16}$/;

/** A file whose hash is known. */
interface HashedFile {
  readonly info: Deno.FileInfo;
  readonly hash: string;
}

/**
 * The hashes of the files of a folder. Each version of a file is read once, and only if a page or a
 * visitor needs its hash.
 */
export class FileHashes {
  readonly #known = new Map<string, HashedFile>();

  /**
   * The hash of a file, read at once if it is not known.
   *
   * @param file A file.
   * @returns The hash in 16 characters, or `null` if the file is larger than 4 MiB.
   * @throws {Deno.errors.PermissionDenied} If the system forbids the access.
   */
  of(file: FoundFile): string | null {
    return this.#knownHash(file) ??
      (isHashable(file) ? this.#keep(file, Deno.readFileSync(file.path)) : null);
  }

  /** The hash of a file that was hashed before, in the version that was seen last. */
  lastOf(path: string): string | undefined {
    return this.#known.get(path)?.hash;
  }

  /**
   * Whether a text is the hash of a file as it is now.
   *
   * @param file A file.
   * @param stated The text, from a visitor. A text that is no hash costs nothing.
   */
  async matches(file: FoundFile, stated: string): Promise<boolean> {
    if (!HASH.test(stated) || !isHashable(file)) return false;
    const hash = this.#knownHash(file) ?? this.#keep(file, await Deno.readFile(file.path));
    return hash === stated;
  }

  #knownHash({ path, info }: FoundFile): string | undefined {
    const known = this.#known.get(path);
    return known !== undefined && hasSameVersion(known.info, info) ? known.hash : undefined;
  }

  #keep({ path, info }: FoundFile, content: Uint8Array): string {
    const hash = contentHash(content);
    // If the file grew or shrank meanwhile, the content is not of that version.
    if (content.length === info.size) this.#known.set(path, { info, hash });
    return hash;
  }
}

function isHashable({ info }: FoundFile): boolean {
  return info.size <= MAX_HASHED_BYTES;
}

/**
 * Hashes bytes by FNV-1a with 64 bits, in 16 hexadecimal digits. It takes 7 ms for 1 MiB.
 *
 * The hash tells versions of the developer's own files apart, so that it need not resist an
 * attacker. That of SubtleCrypto is a promise, which a template cannot await. Source: the
 * Internet-Draft draft-eastlake-fnv.
 *
 * @param bytes The content of a file.
 */
export function contentHash(bytes: Uint8Array): string {
  // Four digits of 16 bits, the first the highest. Their products are exact.
  let first = 0xcbf2, second = 0x9ce4, third = 0x8422, fourth = 0x2325;
  for (const byte of bytes) {
    fourth ^= byte;
    // Times the prime 2 ** 40 + 0x1b3.
    const low = fourth * 0x1b3;
    const middle = third * 0x1b3 + (low >>> 16);
    const high = second * 0x1b3 + (fourth << 8) + (middle >>> 16);
    first = (first * 0x1b3 + (third << 8) + (high >>> 16)) & 0xffff;
    second = high & 0xffff;
    third = middle & 0xffff;
    fourth = low & 0xffff;
  }
  return [first, second, third, fourth]
    .map((digit) => digit.toString(16).padStart(4, "0")).join("");
}
