/**
 * Keeps cells: values in encrypted cookies of their own, so that tabs at the same time lose none.
 *
 * @module
 */

import type { SessionCodec, SessionRequest } from "../../session.ts";
import { MAX_COOKIE_BYTES, RequestCookies } from "../http/cookies.ts";
import { HttpServiceUnavailable } from "../http/errors.ts";
import { isPrefetch } from "../http/request.ts";
import type { Cell, VisitorCells } from "./contract/cells.ts";
import type { SessionCookie } from "./cookie_attributes.ts";
import { encodeBase64url } from "./crypto/bytes.ts";
import { sha256 } from "./crypto/sha256.ts";
import { checkJson } from "./formats/json.ts";

/** Most cells that a browser keeps. A response deletes the oldest ones beyond. */
const MOST = 8;
/** Most bytes of a value as JSON. */
const MOST_BYTES = 1_024;
/** Most characters of one cookie. */
const MOST_TEXT = 2_048;
/** Most cookies of a request that are decrypted. */
const MOST_READ = 16;
const ID_LENGTH = 12;
const ID = /^[\w-]{16}$/;
const UTF8 = new TextEncoder();
const STRICT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What is the same for all requests of a factory. */
export interface CellParts {
  /** Writes cookies whose names are ids behind `cell-`. */
  readonly cookie: SessionCookie;
  /** Encrypts values. */
  readonly codec: SessionCodec;
  /** Gives the time in milliseconds. */
  readonly now: () => number;
}

/** A cell that came or was set. Milliseconds since 1970. */
interface Held {
  readonly made: number;
  readonly expires: number;
  /** The value as JSON. */
  readonly json: string;
  /** The text of the cookie. */
  readonly text: string;
  readonly isNew: boolean;
}

/** The cells of one request. */
export class CellCookies implements VisitorCells {
  readonly #parts: CellParts;
  readonly #request: SessionRequest;
  readonly #held = new Map<string, Held>();
  /** The ids of our cookies that came. */
  readonly #came = new Set<string>();
  #reading: Promise<void> | undefined;
  #isClosed = false;

  /** Takes the request. It reads no cookie yet. */
  constructor(parts: CellParts, request: SessionRequest) {
    this.#parts = parts;
    this.#request = request;
  }

  /** Opens a cell. The first call decrypts the cells of the request. */
  async open(name: string, key: string, maxAge: number): Promise<Cell> {
    await (this.#reading ??= this.#read());
    const hash = sha256(UTF8.encode(JSON.stringify([name, key])));
    const id = encodeBase64url(hash.subarray(0, ID_LENGTH));
    return {
      get: () => this.#get(id),
      take: () => this.#take(id, name),
      set: (value) => this.#set(id, value, name, maxAge),
    };
  }

  /** Gives the `Set-Cookie` values, and closes the cells for writing. */
  setCookies(): string[] {
    this.#isClosed = true;
    const { cookie, now } = this.#parts;
    const time = now();
    const newestFirst = [...this.#held].reverse()
      .sort(([, one], [, other]) => other.made - one.made);
    const kept = new Set<string>();
    const cookies: string[] = [];
    // Together no more than one cookie, because servers and proxies limit the header.
    let characters = 0;
    for (const [id, { expires, isNew, text }] of newestFirst) {
      characters += text.length;
      if (kept.size === MOST || characters > MAX_COOKIE_BYTES) break;
      kept.add(id);
      const maxAge = Math.max(1, Math.ceil((expires - time) / 1000));
      if (isNew) cookies.push(cookie.writeOne(text, this.#request, { maxAge, suffix: id }));
    }
    const ended = [...this.#came].filter((id) => !kept.has(id));
    return [...cookies, ...ended.flatMap((id) => cookie.removeOne(this.#request, id))];
  }

  #get(id: string): unknown {
    const held = this.#held.get(id);
    const isValid = held !== undefined && this.#parts.now() <= held.expires;
    return isValid ? JSON.parse(held.json) : undefined;
  }

  #take(id: string, name: string): unknown {
    const value = this.#get(id);
    if (value === undefined || this.#request.method === "HEAD") return value;
    this.#refuseLate(name);
    if (isPrefetch(this.#request.headers)) {
      throw new HttpServiceUnavailable("This page cannot be prefetched: it reads a value once", {
        headers: { "cache-control": "no-store" },
      });
    }
    this.#held.delete(id);
    return value;
  }

  async #set(id: string, value: unknown, name: string, maxAge: number): Promise<void> {
    this.#refuseLate(name);
    checkJson(value, name);
    const json = JSON.stringify(value) ?? "null";
    const bytes = UTF8.encode(json).length;
    if (bytes > MOST_BYTES) {
      throw new RangeError(
        `Cannot set the cell "${name}": its value has ${bytes} bytes: at most ${MOST_BYTES}`,
      );
    }
    const made = Math.floor(this.#parts.now()), expires = made + maxAge * 1000;
    // The value is no text within the JSON: its quotes would be escaped once more.
    const payload = UTF8.encode(`["${id}",${made},${expires},${json}]`);
    const text = await this.#parts.codec.encode(payload);
    this.#refuseLate(name);
    // Deleted first, so that it is the last one of its time.
    this.#held.delete(id);
    this.#held.set(id, { made, expires, json, text, isNew: true });
  }

  #refuseLate(name: string): void {
    if (!this.#isClosed) return;
    throw new Error(
      `Cannot change the cell "${name}": the response is already on its way without it; write before the view returns its response, and await what writes`,
    );
  }

  async #read(): Promise<void> {
    const start = this.#parts.cookie.nameFor(this.#request);
    let count = 0;
    for (const [name, text] of new RequestCookies(this.#request.headers.get("cookie"))) {
      const id = name.slice(start.length);
      if (!name.startsWith(start) || !ID.test(id) || text.length > MOST_TEXT) continue;
      if (this.#came.has(id)) continue;
      if (count++ === MOST_READ) break;
      const held = await this.#opened(id, text);
      // A cookie of another form belongs to another app.
      if (held === null) continue;
      this.#came.add(id);
      if (this.#parts.now() <= held.expires) this.#held.set(id, held);
    }
  }

  async #opened(id: string, text: string): Promise<Held | null> {
    const decoded = await this.#parts.codec.decode(text);
    if ("refused" in decoded) return null;
    try {
      const list: unknown = JSON.parse(STRICT.decode(decoded.payload));
      if (!Array.isArray(list) || list.length !== 4) return null;
      const [whose, made, expires, value]: unknown[] = list;
      if (whose !== id || !isTime(made) || !isTime(expires)) return null;
      return { made, expires, json: JSON.stringify(value), text, isNew: false };
    } catch {
      return null;
    }
  }
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
