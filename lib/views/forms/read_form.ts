/**
 * Reads forms, queries and JSON, and validates them.
 *
 * @module
 */

import { HttpUnsupportedMediaType, ValidationError } from "../../http/errors.ts";
import type { StandardSchema } from "../../standard_schema.ts";
import type { Logger } from "../../log.ts";
import type { BodyLimits, HeldLimits } from "../body_limits.ts";
import type { RequestBody } from "../request_body.ts";
import { tokenFieldOf } from "../request_state.ts";
import type { ViewLabel } from "../view_label.ts";
import { checkedFields } from "./lists.ts";
import { type OnceRequest, takeToken, useToken } from "./once.ts";
import {
  checkReading,
  type FormReading,
  type InvalidReading,
  type JsonReading,
  type ReadFormOptions,
  type ReadQueryOptions,
  type ValidReading,
} from "./readings.ts";
import { checkedBy, errorsByField, type SchemaUse } from "./schema_check.ts";
import { type SentFields, sentFields, shownInput } from "./sent_fields.ts";
import { TakenFiles } from "./streamed_files.ts";

/** The parts of a request that are read. */
export interface ReadableRequest extends OnceRequest {
  /** The parameters of the query. */
  readonly query: URLSearchParams;
}

/** What happens to the request. */
export interface ReadableState {
  /** The body. */
  readonly body: RequestBody;
  /** How much of it is read, if the view is known. */
  readonly bodyLimits: HeldLimits | undefined;
  /** The headers. */
  readonly headers: Headers;
  /** What the view is called in messages. */
  readonly view: ViewLabel;
  /** What every request of the app shares. */
  readonly environment: {
    /** How much of a body is read if no view states limits. */
    readonly bodyLimits: HeldLimits;
    /** Receives what is thrown too late. */
    readonly logger: Logger;
    /** Knows the field of the CSRF token. */
    readonly sessionGuard: { readonly tokenField: string | null } | undefined;
  };
}

/** Reads what one request sent. */
export class RequestReader {
  readonly #request: ReadableRequest;
  readonly #state: ReadableState;

  /**
   * Takes the request.
   *
   * @param request The request as views see it.
   * @param state What happens to it.
   */
  constructor(request: ReadableRequest, state: ReadableState) {
    this.#request = request;
    this.#state = state;
  }

  /** Reads the form in the body. */
  async readForm<Value, Kept>(
    schema: StandardSchema<Value>,
    options: ReadFormOptions<Kept> = {},
    call = "request.readForm()",
  ): Promise<FormReading<Value>> {
    checkReading(call, "form", schema, options);
    const { files = {}, once = false, lists } = options;
    const withheld = [...options.withheld ?? [], ...Object.keys(files)];
    const taken = new TakenFiles<Kept>(options, this.#state.environment.logger);
    let used: readonly unknown[] = [];
    try {
      const sent = await this.#sent(options, taken, call);
      const token = once === false ? null : takeToken(sent);
      const use = { schema, call, view: this.#state.view };
      const reading = await readingOf(use, sent, { lists, withheld }, taken.misplaced);
      if (!reading.ok) return reading;
      if (once !== false && token !== null) await useToken(token, this.#request, once);
      used = reading.used;
      return { ok: true, value: reading.value };
    } finally {
      await taken.discard(used);
    }
  }

  /** Reads the parameters of the query. */
  async readQuery<Value>(
    schema: StandardSchema<Value>,
    options: ReadQueryOptions = {},
    call = "request.readQuery()",
  ): Promise<FormReading<Value>> {
    checkReading(call, "query", schema, options);
    const use = { schema, call, view: this.#state.view };
    const reading = await readingOf(use, sentFields(this.#request.query, []), options, new Set());
    return reading.ok ? { ok: true, value: reading.value } : reading;
  }

  /** Reads the body as JSON. */
  async readJson<Value>(
    schema: StandardSchema<Value>,
    limits: BodyLimits = {},
    call = "request.readJson()",
  ): Promise<JsonReading<Value>> {
    checkReading(call, "json", schema, limits);
    const { body, headers, view } = this.#state;
    if (!JSON_TYPE.test(headers.get("content-type") ?? "")) {
      throw new HttpUnsupportedMediaType("This address accepts JSON only. Send application/json.", {
        headers: { accept: "application/json" },
      });
    }
    const checked = await checkedBy({ schema, call, view }, await body.json(limits));
    return checked.issues === undefined
      ? { ok: true, value: checked.value }
      : { ok: false, ...errorsByField(checked.issues, () => false) };
  }

  /** Reads the form, and throws if it is not valid. */
  async validForm<Value, Kept>(
    schema: StandardSchema<Value>,
    options?: ReadFormOptions<Kept>,
  ): Promise<Value> {
    return validValue(await this.readForm(schema, options, "request.validForm()"));
  }

  /** Reads the query, and throws if it is not valid. */
  async validQuery<Value>(
    schema: StandardSchema<Value>,
    options?: ReadQueryOptions,
  ): Promise<Value> {
    return validValue(await this.readQuery(schema, options, "request.validQuery()"));
  }

  /** Reads the JSON, and throws if it is not valid. */
  async validJson<Value>(schema: StandardSchema<Value>, limits?: BodyLimits): Promise<Value> {
    return validValue(await this.readJson(schema, limits, "request.validJson()"));
  }

  async #sent<Kept>(
    options: ReadFormOptions<Kept>,
    taken: TakenFiles<Kept>,
    call: string,
  ): Promise<SentFields> {
    const { body, bodyLimits, environment, headers } = this.#state;
    const own = [tokenFieldOf(this.#state.environment.sessionGuard)];
    const { files, maxBytes, maxParts } = options;
    if (files === undefined) {
      const limits = {
        ...maxBytes === undefined ? {} : { maxBytes },
        ...maxParts === undefined ? {} : { maxParts },
      };
      return sentFields(await body.form(limits), own);
    }
    const limits = bodyLimits ?? environment.bodyLimits;
    const { maxStreamedBytes } = limits;
    if (maxStreamedBytes === null || maxBytes !== undefined || maxParts !== undefined) {
      throw new TypeError(
        `Cannot stream the files of ${call}: state ${
          maxStreamedBytes === null ? "bodyLimits: { maxStreamedBytes }" : "maxBytes and maxParts"
        } with the view, because the CSRF check reads the form before it`,
      );
    }
    const isStreamed = MULTIPART.test(headers.get("content-type") ?? "");
    return isStreamed
      ? await taken.read(body.parts(), own, { ...limits, maxStreamedBytes })
      : taken.withoutFiles(sentFields(await body.form(), own));
  }
}

function validValue<Value>(reading: ValidReading<Value> | InvalidReading): Value {
  if (reading.ok) return reading.value;
  throw new ValidationError(reading.errors, reading.formErrors);
}

/** RFC 6839, section 3.1: a type with `+json` is JSON too. */
const JSON_TYPE = /^\s*application\/(?:[^\s;]+\+)?json\s*(?:;|$)/i;
const MULTIPART = /^\s*multipart\/form-data\s*(?:;|$)/i;

/** A reading, with what the schema got. */
type UsedReading<Value> =
  | ValidReading<Value> & { readonly used: readonly unknown[] }
  | Exclude<FormReading<Value>, ValidReading<Value>>;

async function readingOf<Value>(
  use: SchemaUse<Value>,
  sent: SentFields,
  { lists: stated, withheld = [] }: {
    readonly lists?: readonly string[] | undefined;
    readonly withheld?: readonly string[] | undefined;
  },
  misplaced: ReadonlySet<string>,
): Promise<UsedReading<Value>> {
  const { checked, lists } = await checkedFields(use, sent, stated);
  if (checked.issues === undefined && misplaced.size === 0) {
    const used = [...sent].flatMap(([name, all]) => lists.has(name) ? all : all.slice(-1));
    return { ok: true, value: checked.value, used };
  }
  const isKnown = (name: string) => sent.has(name) || misplaced.has(name);
  const found = checked.issues === undefined
    ? { errors: Object.create(null), formErrors: [] }
    : errorsByField(checked.issues, isKnown);
  const errors = Object.assign(Object.create(null), found.errors);
  for (const name of misplaced) errors[name] = ["Send a file."];
  return {
    ok: false,
    errors,
    formErrors: found.formErrors,
    input: shownInput(sent, lists, withheld),
  };
}
