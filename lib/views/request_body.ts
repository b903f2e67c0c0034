/**
 * The body of a request: read once, kept, and bounded.
 *
 * @module
 */

import { parseForm, parseJson, readBytes } from "../http/body.ts";
import { quiet } from "../quiet.ts";

/** How much of a body is read. */
export interface BodyLimits {
  /** Bytes. @default {1048576} */
  readonly maxBytes?: number;
}

/** How much of a form is read. */
export interface FormLimits extends BodyLimits {
  /** Fields and files. @default {1000} */
  readonly maxParts?: number;
}

const MAX_BODY_BYTES = 1024 * 1024;
const MAX_PARTS = 1000;

/** Reads the body of one request; the first reader's limits hold for all. */
export class RequestBody {
  readonly #raw: Request;
  #bytes: Promise<Uint8Array<ArrayBuffer>> | undefined;
  #form: Promise<FormData> | undefined;

  /** Takes the request; nothing is read yet. */
  constructor(raw: Request) {
    this.#raw = raw;
  }

  /** The bytes. */
  bytes({ maxBytes = MAX_BODY_BYTES }: BodyLimits = {}): Promise<Uint8Array<ArrayBuffer>> {
    return this.#bytes ??= quiet(readBytes(this.#raw, maxBytes));
  }

  /** The bytes as UTF-8 text. */
  text(limits?: BodyLimits): Promise<string> {
    return quiet(this.bytes(limits).then((bytes) => new TextDecoder().decode(bytes)));
  }

  /** The bytes as JSON. */
  json(limits?: BodyLimits): Promise<unknown> {
    return quiet(this.bytes(limits).then(parseJson));
  }

  /** The bytes as a form. */
  form(limits: FormLimits = {}): Promise<FormData> {
    return this.#form ??= quiet(this.#readForm(limits));
  }

  async #readForm(limits: FormLimits): Promise<FormData> {
    const bytes = await this.bytes(limits);
    const { maxParts = MAX_PARTS } = limits;
    return parseForm(bytes, this.#raw.headers.get("content-type"), { maxParts });
  }
}

/** Whether a content type is that of a form. */
export function isForm(contentType: string | null): boolean {
  return contentType !== null &&
    /^\s*(?:application\/x-www-form-urlencoded|multipart\/form-data)\s*(?:;|$)/i.test(contentType);
}
