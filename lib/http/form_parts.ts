/**
 * Reads a form of `multipart/form-data` part by part. A file is a stream, and is never in memory as
 * a whole.
 *
 * @module
 */

import { type BodyReader, Deadline, nextPiece, tooLarge } from "./body.ts";
import { HttpContentTooLarge } from "./errors.ts";
import { type MultipartEvent, MultipartParser, type PartHead, textOf } from "./multipart.ts";

/** A field of a form. */
export interface FieldPart {
  /** Always `"field"`. */
  readonly kind: "field";
  /** The name of the field. */
  readonly name: string;
  /** The text of the field. */
  readonly value: string;
}

/** A file of a form, which can be read while it arrives. */
export interface FilePart {
  /** Always `"file"`. */
  readonly kind: "file";
  /** The name of the field. */
  readonly name: string;
  /**
   * The file's name without a path, or `""` if the visitor chose no file. The visitor chooses this
   * name, so never use it as a path.
   */
  readonly fileName: string;
  /** The media type that the browser sent. It is not checked. */
  readonly type: string;
  /**
   * The bytes of the file. They arrive as fast as your view reads them. Read them before you ask
   * for the next part. If the form fails, then the stream fails with the same error, such as a 400.
   */
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** A part of a form. */
export type FormPart = FieldPart | FilePart;

/**
 * The limits of a form that is read part by part.
 *
 * @internal
 */
export interface PartLimits {
  /** The most bytes of the whole body. */
  readonly maxStreamedBytes: number;
  /** The most bytes of each file. */
  readonly maxFileBytes: number;
  /** The most bytes of all fields together, with their names and the names of files. */
  readonly maxBytes: number;
  /** The most fields and files together. */
  readonly maxParts: number;
  /** The most seconds to wait for each piece. `null` sets no limit. */
  readonly timeout: number | null;
}

/**
 * Reads the parts of a form one after the other.
 *
 * It reads ahead only the piece of the body in which a part ends. After an error, each further call
 * fails with the same error.
 *
 * @internal
 */
export class PartReader {
  readonly #reader: BodyReader | null;
  readonly #parser: MultipartParser;
  #limits: PartLimits;
  #bytes = 0;
  #fieldBytes = 0;
  #fileBytes = 0;
  /** The file whose bytes can be read now. */
  #file: PartHead | null = null;
  #failure: unknown = null;
  /** The read of the last piece, which may be pending. */
  #reading: Promise<unknown> = Promise.resolve();
  /** The pending work. The reader does one thing at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  /**
   * Starts before the first part.
   *
   * @param reader The reader of the body, or `null` if the request has none.
   * @param boundary The parameter `boundary` of the `Content-Type`.
   * @param limits The limits of the form.
   * @throws {HttpBadRequest} If RFC 2046 does not allow the boundary.
   */
  constructor(reader: BodyReader | null, boundary: string, limits: PartLimits) {
    this.#parser = new MultipartParser(boundary, limits.maxParts);
    this.#reader = reader;
    this.#limits = limits;
  }

  /** Replaces the limits for the rest of the form. */
  hold(limits: PartLimits): void {
    this.#limits = limits;
  }

  /**
   * Reads the next part, or `null` at the end of the form. Unread bytes of a file before it are
   * skipped.
   *
   * @throws {HttpBadRequest} If the body is malformed or cut short.
   * @throws {HttpContentTooLarge} If the form exceeds a limit.
   * @throws {HttpError} 408 if the body stops arriving.
   */
  next(): Promise<FormPart | null> {
    return this.#inTurn(() => this.#nextPart());
  }

  /** Stops reading, because the view left the form before its end. */
  stop(): void {
    this.#fail(
      new TypeError(
        "Cannot read the part: the loop over request.parts() ended before: read each part within the loop",
      ),
    );
  }

  async #nextPart(): Promise<FormPart | null> {
    while (this.#file !== null) await this.#pieceOfFile(this.#file);
    const event = await this.#event();
    if (event.kind !== "part") return null;
    const { head } = event;
    const { name, fileName, type } = head;
    this.#countField(name.length + (fileName?.length ?? 0));
    if (fileName === null) return { kind: "field", name, value: await this.#text() };
    this.#file = head;
    this.#fileBytes = 0;
    return { kind: "file", name, fileName, type, stream: this.#streamOf(head) };
  }

  async #text(): Promise<string> {
    const content: Uint8Array<ArrayBuffer>[] = [];
    for (let event = await this.#event(); event.kind === "bytes"; event = await this.#event()) {
      this.#countField(event.bytes.length);
      content.push(event.bytes);
    }
    return textOf(content);
  }

  #streamOf(file: PartHead): FilePart["stream"] {
    return new ReadableStream({
      pull: async (controller) => {
        const bytes = await this.#inTurn(() => this.#pieceOfFile(file));
        if (bytes === null) controller.close();
        else controller.enqueue(bytes);
      },
    }, { highWaterMark: 0 });
  }

  /** Reads the next bytes of a file, or `null` at its end. */
  async #pieceOfFile(file: PartHead): Promise<Uint8Array<ArrayBuffer> | null> {
    if (this.#file !== file) {
      throw new TypeError(
        "Cannot read the file: the next part was read before: read each file to its end within its turn of the loop",
      );
    }
    const event = await this.#event();
    if (event.kind !== "bytes") {
      this.#file = null;
      return null;
    }
    this.#fileBytes += event.bytes.length;
    const { maxFileBytes } = this.#limits;
    if (this.#fileBytes > maxFileBytes) {
      throw this.#fail(
        new HttpContentTooLarge(
          `A file of this form is larger than ${maxFileBytes} bytes. Choose a smaller file.`,
        ),
      );
    }
    return event.bytes;
  }

  #countField(bytes: number): void {
    this.#fieldBytes += bytes;
    const { maxBytes } = this.#limits;
    if (this.#fieldBytes <= maxBytes) return;
    throw this.#fail(
      new HttpContentTooLarge(
        `The text of this form is larger than ${maxBytes} bytes. Send less text.`,
      ),
    );
  }

  async #event(): Promise<MultipartEvent> {
    if (this.#failure !== null) throw this.#failure;
    try {
      let event = this.#parser.next();
      for (; event.kind === "more"; event = this.#parser.next()) {
        const piece = await this.#piece();
        // The view left the form while the piece was read.
        if (this.#failure !== null) throw this.#failure;
        if (piece === null) this.#parser.end();
        else this.#parser.push(piece);
      }
      return event;
    } catch (error) {
      throw this.#fail(error);
    }
  }

  async #piece(): Promise<Uint8Array<ArrayBuffer> | null> {
    if (this.#reader === null) return null;
    const { maxStreamedBytes, timeout } = this.#limits;
    const reading = nextPiece(this.#reader);
    this.#reading = reading.catch(() => null);
    const piece = await (timeout === null ? reading : inTime(reading, timeout));
    this.#bytes += piece?.length ?? 0;
    if (this.#bytes > maxStreamedBytes) throw tooLarge(maxStreamedBytes);
    return piece;
  }

  /** Keeps the first error, and cancels the body. */
  #fail(error: unknown): unknown {
    if (this.#failure === null) {
      this.#failure = error;
      // The reader is cancelled after the pending read: Deno 2.9 leaks 64 KB otherwise. This is not
      // awaited, because a client that sends without end must not delay the response.
      this.#reading.then(() => this.#reader?.cancel()).catch(() => {});
    }
    return this.#failure;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }
}

async function inTime<T>(reading: Promise<T>, timeout: number): Promise<T> {
  const deadline = new Deadline(timeout);
  try {
    return await Promise.race([reading, deadline.missed]);
  } finally {
    deadline.end();
  }
}
