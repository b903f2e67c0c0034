/**
 * The body of a request: read once, kept, and bounded.
 *
 * @module
 */

import { checkOptions, LIMIT, type OptionKinds } from "../check_options.ts";
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

const BODY_KINDS: OptionKinds<BodyLimits> = { maxBytes: LIMIT };
const FORM_KINDS: OptionKinds<FormLimits> = { ...BODY_KINDS, maxParts: LIMIT };

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
  bytes(limits?: BodyLimits): Promise<Uint8Array<ArrayBuffer>> {
    if (limits !== undefined) checkOptions("request.bytes()", limits, BODY_KINDS, TypeError);
    return this.#read(limits);
  }

  /** The bytes as UTF-8 text. */
  text(limits?: BodyLimits): Promise<string> {
    if (limits !== undefined) checkOptions("request.text()", limits, BODY_KINDS, TypeError);
    return quiet(this.bytes(limits).then((bytes) => new TextDecoder().decode(bytes)));
  }

  /** The bytes as JSON. */
  json(limits?: BodyLimits): Promise<unknown> {
    if (limits !== undefined) checkOptions("request.json()", limits, BODY_KINDS, TypeError);
    return quiet(this.bytes(limits).then(parseJson));
  }

  /** The bytes as a form. */
  form(limits?: FormLimits): Promise<FormData> {
    if (limits !== undefined) checkOptions("request.form()", limits, FORM_KINDS, TypeError);
    return this.#form ??= quiet(this.#readForm(limits));
  }

  #read(limits: BodyLimits | undefined): Promise<Uint8Array<ArrayBuffer>> {
    return this.#bytes ??= quiet(
      readBytes(this.#raw, limits?.maxBytes ?? MAX_BODY_BYTES, this.#timeout),
    );
  }

  async #readForm(limits: FormLimits | undefined): Promise<FormData> {
    const bytes = await this.#read(limits);
    const maxParts = limits?.maxParts ?? MAX_PARTS;
    return parseForm(bytes, this.#raw.headers.get("content-type"), { maxParts });
  }
}

/** Whether a content type is that of a form. */
export function isForm(contentType: string | null): boolean {
  return contentType !== null &&
    /^\s*(?:application\/x-www-form-urlencoded|multipart\/form-data)\s*(?:;|$)/i.test(contentType);
}
