/**
 * The body of a request: read once, kept, and bounded.
 *
 * @module
 */

import { parseForm, parseJson, readBytes } from "../http/body.ts";

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
  readonly #timeout: number | null;
  #bytes: Promise<Uint8Array<ArrayBuffer>> | undefined;
  #form: Promise<FormData> | undefined;

  /** Takes the request, and the seconds that its body may stop for; nothing is read yet. */
  constructor(raw: Request, timeout: number | null) {
    this.#raw = raw;
    this.#timeout = timeout;
  }

  /** The bytes. */
  bytes({ maxBytes = MAX_BODY_BYTES }: BodyLimits = {}): Promise<Uint8Array<ArrayBuffer>> {
    return this.#bytes ??= quiet(readBytes(this.#raw, maxBytes, this.#timeout));
  }

  /** The bytes as UTF-8 text. */
  async text(limits?: BodyLimits): Promise<string> {
    return new TextDecoder().decode(await this.bytes(limits));
  }

  /** The bytes as JSON. */
  async json(limits?: BodyLimits): Promise<unknown> {
    return parseJson(await this.bytes(limits));
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

/** A rejected promise that nobody awaits ends the process; whoever awaits it still sees the rejection. */
export function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
