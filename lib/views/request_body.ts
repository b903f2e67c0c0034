/**
 * The body of a request: read once, kept, and bounded.
 *
 * @module
 */

import { checkOptions, LIMIT, type OptionKinds } from "../check_options.ts";
import { openBody, parseForm, parseJsonBody, readBytes, tooLarge } from "../http/body.ts";
import { HttpContentTooLarge, HttpUnsupportedMediaType } from "../http/errors.ts";
import type { FormPart, PartLimits, PartReader } from "../http/form_parts.ts";
import { Lazy } from "../lazy.ts";
import { quiet } from "../promises.ts";
import type { BodyLimits, FormLimits, HeldLimits } from "./body_limits.ts";

const BODY_KINDS: OptionKinds<BodyLimits> = { maxBytes: LIMIT };
const FORM_KINDS: OptionKinds<FormLimits> = { ...BODY_KINDS, maxParts: LIMIT };

/** Most apps get no files. */
const multipart = new Lazy(() =>
  Promise.all([import("../http/multipart.ts"), import("../http/form_parts.ts")])
);

/** Fields of a form that is not read to its end. */
export interface LeadingFields {
  /** The fields, in their order. */
  readonly fields: URLSearchParams;
  /** Whether a file stands behind them, so that others may follow. */
  readonly isCut: boolean;
}

/**
 * Reads the body of one request. The first reader's limits hold for all readers, and no later
 * reader may ask for more.
 */
export class RequestBody {
  readonly #raw: Request;
  readonly #timeout: number | null;
  readonly #app: HeldLimits;
  readonly #state: { readonly bodyLimits: HeldLimits | undefined };
  /** Those of the view, or of what was before it, when the body was read. */
  #heldThen: HeldLimits | undefined;
  /** What the body was read under. */
  #maxBytes = 0;
  #maxParts = 0;
  /** Bytes of a form that was not read as a whole. */
  #size = 0;
  #bytes: Promise<Uint8Array<ArrayBuffer>> | undefined;
  #form: Promise<FormData> | undefined;
  #params: Promise<URLSearchParams> | undefined;
  #reader: Promise<PartReader> | undefined;
  #leading: Promise<readonly FormPart[]> | undefined;
  #isStreamed = false;

  /**
   * Takes the request. It does not read the body yet.
   *
   * @param raw The request.
   * @param timeout Seconds that its body may stop for.
   * @param app The limits of the app.
   * @param state The limits that hold for the request, once they are known.
   */
  constructor(
    raw: Request,
    timeout: number | null,
    app: HeldLimits,
    state: { readonly bodyLimits: HeldLimits | undefined },
  ) {
    this.#raw = raw;
    this.#timeout = timeout;
    this.#app = app;
    this.#state = state;
  }

  /** Whether the body was read under other limits than those that hold now. */
  get isUnderOtherLimits(): boolean {
    return this.#heldThen !== undefined && this.#heldThen !== this.#held;
  }

  /** The bytes. */
  bytes(limits?: BodyLimits): Promise<Uint8Array<ArrayBuffer>> {
    if (limits !== undefined) checkOptions("request.bytes()", limits, BODY_KINDS, TypeError);
    return this.#read("bytes", limits);
  }

  /** The bytes as UTF-8 text. */
  text(limits?: BodyLimits): Promise<string> {
    if (limits !== undefined) checkOptions("request.text()", limits, BODY_KINDS, TypeError);
    return quiet(this.#read("text", limits).then((bytes) => new TextDecoder().decode(bytes)));
  }

  /** The bytes as JSON. */
  json(limits?: BodyLimits): Promise<unknown> {
    if (limits !== undefined) checkOptions("request.json()", limits, BODY_KINDS, TypeError);
    return quiet(this.#read("json", limits).then(parseJsonBody));
  }

  /** The bytes as a form. */
  form(limits?: FormLimits): Promise<FormData> {
    if (limits !== undefined) checkOptions("request.form()", limits, FORM_KINDS, TypeError);
    if (this.#form === undefined) return this.#form = quiet(this.#readForm(limits));
    if (limits === undefined && !this.isUnderOtherLimits) return this.#form;
    return quiet(this.#formWithin(this.#form, limits));
  }

  /**
   * The parameters of the query, then those of the form, if the body is a form. They are read once.
   */
  params(query: URLSearchParams, hasForm: boolean): Promise<URLSearchParams> {
    const params = this.#params ??= quiet(this.#readParams(query, hasForm));
    // Read before the view was known, so that its limits are still to be held.
    return this.isUnderOtherLimits && hasForm ? quiet(this.form().then(() => params)) : params;
  }

  /**
   * The fields that code before the view may read. If files are streamed, these are the fields
   * before the first file. Otherwise they are all fields.
   */
  leadingFields(): Promise<LeadingFields> {
    return quiet(this.#leadingFields());
  }

  async #leadingFields(): Promise<LeadingFields> {
    const isStreamed = this.#held.maxStreamedBytes !== null && this.#isMultipart;
    if (!isStreamed || this.#bytes !== undefined) {
      return { fields: fieldsOf(await this.form()), isCut: false };
    }
    this.#leading ??= quiet(this.#readLeading());
    const parts = await this.#leading;
    const fields = new URLSearchParams();
    for (const part of parts) if (part.kind === "field") fields.append(part.name, part.value);
    return { fields, isCut: parts.at(-1)?.kind === "file" };
  }

  /** The parts of the form, one after the other. */
  parts(): AsyncIterable<FormPart> {
    return {
      [Symbol.asyncIterator]: () => {
        const parts = this.#iterate();
        return { next: () => quiet(parts.next()), return: () => parts.return() };
      },
    };
  }

  async *#iterate(): AsyncGenerator<FormPart, void, undefined> {
    if (this.#bytes !== undefined || this.#form !== undefined) {
      throw new TypeError(
        "Cannot read the parts of the form: its body was read before as a whole, by the view, the CSRF check or a predicate: state bodyLimits: { maxStreamedBytes } with the view",
      );
    }
    if (this.#isStreamed) throw partsAreRead("the parts of the form");
    this.#isStreamed = true;
    const reader = await this.#partReader();
    const { maxParts } = this.#held;
    reader.hold(this.#partLimits());
    try {
      const leading = [...await this.#leading ?? []];
      for (let parts = 0;; parts++) {
        const part = leading.shift() ?? await reader.next();
        if (part === null) return;
        if (parts === maxParts) throw tooManyParts(maxParts);
        yield part;
      }
    } finally {
      reader.stop();
    }
  }

  async #readParams(query: URLSearchParams, hasForm: boolean): Promise<URLSearchParams> {
    const fields = hasForm ? fieldsOf(await this.form()) : [];
    return new URLSearchParams([...query, ...fields]);
  }

  get #held(): HeldLimits {
    return this.#state.bodyLimits ?? this.#app;
  }

  get #isMultipart(): boolean {
    return /^\s*multipart\/form-data\s*(?:;|$)/i.test(this.#raw.headers.get("content-type") ?? "");
  }

  #read(what: Reading, limits: BodyLimits | undefined): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#bytes !== undefined) {
      if (limits === undefined && !this.isUnderOtherLimits) return this.#bytes;
      return quiet(this.#bytesWithin(this.#bytes, what, limits?.maxBytes));
    }
    if (this.#reader !== undefined) {
      return quiet(Promise.reject(partsAreRead(`the body by request.${what}()`)));
    }
    this.#heldThen = this.#held;
    this.#maxBytes = limits?.maxBytes ?? this.#heldThen.maxBytes;
    return this.#bytes = quiet(readBytes(this.#raw, this.#maxBytes, this.#timeout));
  }

  async #bytesWithin(
    read: Promise<Uint8Array<ArrayBuffer>>,
    what: Reading,
    asked: number | undefined,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const limit = this.#within("maxBytes", this.#maxBytes, what, asked);
    const bytes = await read;
    if (bytes.length > limit) throw tooLarge(limit);
    return bytes;
  }

  /**
   * The limit that holds for what was read already: the one that is asked for, or that of the view.
   *
   * @throws {TypeError} If it is larger than what the body was read under.
   */
  #within(
    name: "maxBytes" | "maxParts",
    readUnder: number,
    what: Reading,
    asked: number | undefined,
  ): number {
    const held = this.isUnderOtherLimits ? this.#held[name] : readUnder;
    const limit = asked ?? held;
    // What the view did not ask for, but the app, holds for the view only.
    if (limit <= readUnder || (asked === undefined && held <= this.#app[name])) return limit;
    throw new TypeError(
      `Cannot read the body by request.${what}() with ${name} ${limit}: it was read before with ${readUnder}, by the view, the CSRF check, a predicate or a tween: state bodyLimits: { ${name}: ${limit} } with the view, its route or the Configurator`,
    );
  }

  async #readForm(limits: FormLimits | undefined): Promise<FormData> {
    if (this.#isStreamed) throw partsAreRead("the body by request.form()");
    if (this.#reader !== undefined) return await this.#wholeForm(limits);
    const held = this.#held;
    const maxParts = this.#maxParts = limits?.maxParts ?? held.maxParts;
    const bytes = await this.#read("form", limits);
    return parseForm(bytes, this.#raw.headers.get("content-type"), { maxParts });
  }

  async #formWithin(read: Promise<FormData>, limits: FormLimits | undefined): Promise<FormData> {
    const maxParts = this.#within("maxParts", this.#maxParts, "form", limits?.maxParts);
    const maxBytes = this.#within("maxBytes", this.#maxBytes, "form", limits?.maxBytes);
    const form = await read;
    const size = this.#bytes === undefined ? this.#size : (await this.#bytes).length;
    if (size > maxBytes) throw tooLarge(maxBytes);
    if ([...form.keys()].length > maxParts) {
      throw tooManyParts(maxParts);
    }
    return form;
  }

  async #readLeading(): Promise<readonly FormPart[]> {
    const reader = await this.#partReader();
    const parts: FormPart[] = [];
    for (let part = await reader.next(); part !== null; part = await reader.next()) {
      parts.push(part);
      if (part.kind === "file") break;
    }
    return parts;
  }

  /** Of a form whose beginning was read part by part. */
  async #wholeForm(limits: FormLimits | undefined): Promise<FormData> {
    const held = this.#held;
    this.#heldThen = held;
    const maxBytes = this.#maxBytes = limits?.maxBytes ?? held.maxBytes;
    const maxParts = this.#maxParts = limits?.maxParts ?? held.maxParts;
    const form = new FormData();
    let parts = 0;
    const reader = await this.#partReader();
    const leading = [...await this.#leading ?? []];
    for (;;) {
      const part = leading.shift() ?? await reader.next();
      if (part === null) return form;
      if (++parts > maxParts) {
        throw tooManyParts(maxParts);
      }
      this.#size += part.name.length;
      if (part.kind === "field") {
        this.#size += part.value.length;
        form.append(part.name, part.value);
      } else {
        const content: Uint8Array<ArrayBuffer>[] = [];
        for await (const piece of part.stream) {
          this.#size += piece.length;
          if (this.#size > maxBytes) throw tooLarge(maxBytes);
          content.push(piece);
        }
        form.append(part.name, new File(content, part.fileName, { type: part.type }));
      }
      if (this.#size > maxBytes) throw tooLarge(maxBytes);
    }
  }

  #partReader(): Promise<PartReader> {
    return this.#reader ??= quiet(this.#openParts());
  }

  #partLimits(): PartLimits {
    const held = this.#held;
    const maxStreamedBytes = held.maxStreamedBytes ?? held.maxBytes;
    return { ...held, maxStreamedBytes, timeout: this.#timeout };
  }

  async #openParts(): Promise<PartReader> {
    const limits = this.#partLimits();
    if (!this.#isMultipart) throw new HttpUnsupportedMediaType("Send a form: multipart/form-data");
    const body = openBody(this.#raw, limits.maxStreamedBytes);
    const [{ boundaryOf }, { PartReader }] = await multipart.get();
    const boundary = boundaryOf(this.#raw.headers.get("content-type") ?? "");
    return new PartReader(body, boundary, limits);
  }
}

/** How a view reads the body. */
type Reading = "bytes" | "text" | "json" | "form";

function tooManyParts(maxParts: number): HttpContentTooLarge {
  return new HttpContentTooLarge(`The form has more than ${maxParts} parts`);
}

function partsAreRead(what: string): TypeError {
  return new TypeError(
    `Cannot read ${what}: the parts were read before: read them once, by request.parts()`,
  );
}

function fieldsOf(form: FormData): URLSearchParams {
  const fields = new URLSearchParams();
  for (const [name, value] of form) if (typeof value === "string") fields.append(name, value);
  return fields;
}

/** Whether a content type is that of a form. */
export function isForm(contentType: string | null): boolean {
  return contentType !== null &&
    /^\s*(?:application\/x-www-form-urlencoded|multipart\/form-data)\s*(?:;|$)/i.test(contentType);
}
