/**
 * Hands the files of a form to the app while they arrive.
 *
 * @module
 */

import { FUNCTION, type OptionKind } from "../../check_options.ts";
import { tooLarge } from "../../http/body.ts";
import type { FilePart, FormPart } from "../../http/form_parts.ts";
import type { Logger } from "../../log.ts";
import { type SentFields, sentFields } from "./sent_fields.ts";

/** A file of a form while it arrives. */
export interface FormFile extends Omit<FilePart, "kind"> {
  /** The most bytes of it. If it has more, then its stream fails with a 413. */
  readonly maxBytes: number;
}

/**
 * Takes a file while it arrives, and gives what stands for it in the form, such as the path to
 * which it was written. `undefined` leaves the field out.
 *
 * If the stream fails, then the function removes what it has written, and throws the error again.
 */
export type FileHandler<Kept> = (file: FormFile) => Kept | Promise<Kept>;

/** Where files of a form go. */
export interface FileOptions<Kept = unknown> {
  /**
   * Takes the files of fields while they arrive, by the name of the field. The files of other
   * fields are kept in memory, up to `maxBytes` together. Default: all files are.
   *
   * The functions are called in the order of the form, one after the other. A stream that a
   * function leaves unread is skipped. The view must state `bodyLimits: { maxStreamedBytes }`.
   */
  readonly files?: Readonly<Record<string, FileHandler<Kept>>>;
  /**
   * Removes what a function of `files` gave, if the form is refused after all. The form can be
   * invalid, broken, too large, or sent before. It is also called for a file that a later one of the
   * same field replaces.
   */
  readonly discard?: (kept: NonNullable<Kept>, field: string) => unknown;
}

/** An object of functions by the names of fields. */
export const FILE_HANDLERS: OptionKind = {
  expected: "functions by the names of fields, such as { avatar: save }",
  is: (value) =>
    typeof value === "object" && value !== null && !Array.isArray(value) &&
    Object.values(value).every((handler) => FUNCTION.is(handler)),
};

/** What bounds the files. */
export interface FileLimits {
  /** The most bytes of a file that is streamed. */
  readonly maxFileBytes: number;
  /** The most bytes of the whole form. */
  readonly maxStreamedBytes: number;
  /** The most bytes of all files that are kept in memory. */
  readonly maxBytes: number;
}

/** The files of one form that the app has taken. */
export class TakenFiles<Kept> {
  /** Fields for which a text came in place of a file. */
  readonly misplaced: Set<string> = new Set();
  readonly #handlers: Readonly<Record<string, FileHandler<Kept>>>;
  readonly #discard: FileOptions<Kept>["discard"];
  readonly #logger: Logger;
  /** What the app gave, by the fields. */
  readonly #kept: { readonly field: string; readonly value: NonNullable<Kept> }[] = [];

  /** Takes the functions of the app, and the log for what they throw too late. */
  constructor({ files = {}, discard }: FileOptions<Kept>, logger: Logger) {
    this.#handlers = files;
    this.#discard = discard;
    this.#logger = logger;
  }

  /**
   * Reads a form to its end.
   *
   * A text in place of a file is left out: the schema would take it for what the app gave.
   *
   * @param parts The parts of the form.
   * @param own The names of fields that the app itself reads.
   * @param limits The limits of the form.
   * @throws {HttpError} If the form is broken or too large.
   */
  async read(
    parts: AsyncIterable<FormPart>,
    own: readonly (string | null)[],
    limits: FileLimits,
  ): Promise<SentFields> {
    const entries: [name: string, value: unknown][] = [];
    let held = 0;
    for await (const part of parts) {
      const { name } = part;
      const handler = this.#handlerOf(name);
      if (part.kind === "field") {
        if (handler === undefined) entries.push([name, part.value]);
        else this.misplaced.add(name);
      } else if (handler === undefined) {
        const file = await fileOf(part, held, limits.maxBytes);
        held += file.size;
        entries.push([name, file]);
      } else {
        const value = await this.#take(part, handler, limits);
        if (value !== undefined) entries.push([name, value]);
      }
    }
    return sentFields(entries, own);
  }

  /** The fields of a form that carries no file, such as one without `enctype`. */
  withoutFiles(sent: SentFields): SentFields {
    for (const name of Object.keys(this.#handlers)) {
      if (sent.delete(name)) this.misplaced.add(name);
    }
    return sent;
  }

  /** Removes what the form does not use: all of it, or what is no value of it. */
  async discard(used: readonly unknown[] = []): Promise<void> {
    for (const { field, value } of this.#kept) {
      if (used.includes(value)) continue;
      try {
        await this.#discard?.(value, field);
      } catch (error) {
        this.#logger.error(`Discarding a file of field "${field}" failed`, error);
      }
    }
  }

  #handlerOf(name: string): FileHandler<Kept> | undefined {
    return Object.hasOwn(this.#handlers, name) ? this.#handlers[name] : undefined;
  }

  async #take(
    part: FilePart,
    handler: FileHandler<Kept>,
    { maxFileBytes, maxStreamedBytes }: FileLimits,
  ): Promise<Kept | undefined> {
    const { name, fileName, type } = part;
    const stream = fileName === "" ? await withContent(part.stream) : part.stream;
    if (stream === null) return undefined;
    const maxBytes = Math.min(maxFileBytes, maxStreamedBytes);
    const value = await handler({ name, fileName, type, stream, maxBytes });
    if (value !== undefined && value !== null) this.#kept.push({ field: name, value });
    return value;
  }
}

/** A stream with the same bytes, or `null` if it has none: browsers send that if no file was chosen. */
async function withContent(stream: FilePart["stream"]): Promise<FilePart["stream"] | null> {
  const reader = stream.getReader();
  const { done, value: start } = await reader.read();
  if (done) return null;
  let isBegun = false;
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = isBegun ? await reader.read() : { done: false, value: start };
      isBegun = true;
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}

async function fileOf(part: FilePart, held: number, maxBytes: number): Promise<File> {
  const content: Uint8Array<ArrayBuffer>[] = [];
  let size = held;
  for await (const bytes of part.stream) {
    size += bytes.length;
    if (size > maxBytes) throw tooLarge(maxBytes);
    content.push(bytes);
  }
  return new File(content, part.fileName, { type: part.type });
}
