/**
 * The bytes of an open file as a stream that closes it.
 *
 * @module
 */

/** What of an open file is read; `Deno.FsFile` is one. */
export interface OpenFile {
  /** Reads into the buffer; `null` at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Closes the file. */
  close(): void;
}

const CHUNK = 64 * 1024;

/**
 * Streams the next bytes of an open file and closes it: after the last one, when the reader goes
 * away, or when reading fails.
 *
 * Nothing is read before it is asked for. A file that grows meanwhile is cut at `length`.
 *
 * @param file An open file, at the first byte to be sent.
 * @param length How many bytes to send. If the file ends before, the stream fails, so that nobody
 * takes a part for the whole.
 */
export function fileStream(
  file: OpenFile,
  length: number,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let left = length;
  let open = true;
  const close = () => {
    // A reader may go away while a read is under way; closing twice would throw.
    if (open) file.close();
    open = false;
  };
  return new ReadableStream({
    start(controller) {
      if (left > 0) return;
      close();
      controller.close();
    },
    async pull(controller) {
      try {
        const buffer = new Uint8Array(Math.min(left, CHUNK));
        const count = await file.read(buffer);
        if (count === null) throw new Error(`Cannot send a whole file: it lost ${left} bytes`);
        left -= count;
        controller.enqueue(buffer.subarray(0, count));
      } catch (error) {
        close();
        throw error;
      }
      if (left > 0) return;
      close();
      controller.close();
    },
    cancel: close,
  }, { highWaterMark: 0 });
}
