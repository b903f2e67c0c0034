/**
 * A form of `multipart/form-data`, part by part: a file is a stream, and never in memory as a whole.
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
  /** Its name. */
  readonly name: string;
  /** Its text. */
  readonly value: string;
}

/** A file of a form, while it arrives. */
export interface FilePart {
  /** Always `"file"`. */
  readonly kind: "file";
  /** The name of the field. */
  readonly name: string;
  /** The file's name, without any path; `""` where none was chosen. It is the visitor's choice: never a path of yours. */
  readonly fileName: string;
  /** The media type that the visitor states, unchecked. */
  readonly type: string;
  /**
   * The bytes. They arrive as fast as they are read, and only until the next part is asked for. It
   * errors with what the form errors with, such as a 400 where the body is cut short.
   */
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** A part of a form. */
export type FormPart = FieldPart | FilePart;

/**
 * What bounds a form that is read part by part.
 *
 * @internal
 */
export interface PartLimits {
  /** Most bytes of the whole body. */
  readonly maxStreamedBytes: number;
  /** Most bytes of a file. */
  readonly maxFileBytes: number;
  /** Most bytes of all fields, their names and those of the files. */
  readonly maxBytes: number;
  /** Most fields and files. */
  readonly maxParts: number;
  /** Most seconds to wait for a piece; `null`: for ever. */
  readonly timeout: number | null;
}

/**
 * Reads the parts of a form, one after the other.
 *
 * Nothing is read ahead but the piece of the body in which a part ends. After a refusal the same
 * refusal is all there is.
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
  /** The file that may be read now. */
  #file: PartHead | null = null;
  #failure: unknown = null;
  /** The last piece, which may still be on its way. */
  #reading: Promise<unknown> = Promise.resolve();
  /** What is under way: one thing at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  /**
   * Begins to read.
   *
   * @param reader The body; `null`: there is none.
   * @param boundary The parameter of the `Content-Type`.
   * @param limits What bounds the form.
   * @throws {HttpBadRequest} If RFC 2046 does not allow the boundary.
   */
  constructor(reader: BodyReader | null, boundary: string, limits: PartLimits) {
    this.#parser = new MultipartParser(boundary, limits.maxParts);
    this.#reader = reader;
    this.#limits = limits;
  }

  /** Holds other limits from now on. */
  hold(limits: PartLimits): void {
    this.#limits = limits;
  }

  /**
   * The next part; what is left of a file before it is skipped. `null` where the form is over.
   *
   * @throws {HttpBadRequest} If the body is malformed or cut short.
   * @throws {HttpContentTooLarge} If a limit is passed.
   * @throws {HttpError} 408 if the body stops coming.
   */
  next(): Promise<FormPart | null> {
    return this.#inTurn(() => this.#nextPart());
  }

  /** Reads no more, because the view left the form before its end. */
  stop(): void {
    this.#fail(new TypeError("Cannot read the part: its form was left before"));
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

  /** The next bytes of a file; `null` at its end. */
  async #pieceOfFile(file: PartHead): Promise<Uint8Array<ArrayBuffer> | null> {
    if (this.#file !== file) {
      throw new TypeError("Cannot read the file: the part behind it was asked for before");
    }
    const event = await this.#event();
    if (event.kind !== "bytes") {
      this.#file = null;
      return null;
    }
    this.#fileBytes += event.bytes.length;
    const { maxFileBytes } = this.#limits;
    if (this.#fileBytes > maxFileBytes) {
      throw this.#fail(new HttpContentTooLarge(`A file has more than ${maxFileBytes} bytes`));
    }
    return event.bytes;
  }

  #countField(bytes: number): void {
    this.#fieldBytes += bytes;
    const { maxBytes } = this.#limits;
    if (this.#fieldBytes <= maxBytes) return;
    throw this.#fail(
      new HttpContentTooLarge(`The fields of the form have more than ${maxBytes} bytes`),
    );
  }

  async #event(): Promise<MultipartEvent> {
    if (this.#failure !== null) throw this.#failure;
    try {
      let event = this.#parser.next();
      for (; event.kind === "more"; event = this.#parser.next()) {
        const piece = await this.#piece();
        // The form was left while the piece was on its way.
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

  /** The first failure stays, and the body is let go of. */
  #fail(error: unknown): unknown {
    if (this.#failure === null) {
      this.#failure = error;
      // Not before the read that is under way: Deno 2.9 keeps 64 KB for ever of one that is cut off.
      // Not awaited, because a client that sends without end must not delay the response.
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
