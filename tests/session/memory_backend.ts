/**
 * Sessions that live in a map and are kept key by key: what a store does, without one.
 *
 * @module
 */

import type { SessionFactory } from "../../session.ts";
import type {
  Found,
  Judgement,
  LoadedRecord,
  MaybePromise,
  Refused,
  SessionBackend,
  SessionWriting,
} from "../../lib/session/backend.ts";
import type { SessionCookie } from "../../lib/session/cookie_attributes.ts";
import type { WrittenRecord } from "../../lib/session/formats/payload.ts";
import {
  type CookieSessionOptions,
  NATIVE_FORMAT,
  nativeContents,
  sessionSettings,
} from "../../lib/session/options.ts";
import { Sessions } from "../../lib/session/sessions.ts";

/** The texts of a session by their keys; what lies beside the app's keys has a name in brackets. */
export type Texts = ReadonlyMap<string, string>;

interface Row {
  readonly texts: Texts;
  readonly created: number;
  readonly renewed: number;
}

/** A map of sessions. The cookie holds the id. */
export class MemoryBackend implements SessionBackend<Texts> {
  /** What is kept, by id. */
  readonly rows = new Map<string, Row>();
  /** What was asked for, in order. */
  readonly calls: string[] = [];
  /** What `judge` answers; undefined: nobody is asked. */
  judge: ((written: WrittenRecord) => Promise<Judgement<Texts>>) | undefined;
  /** Whether another request ends every session before it is written. */
  isOvertaken = false;
  /** Thrown by every question. */
  failure: Error | undefined;
  readonly #cookie: SessionCookie;

  constructor(cookie: SessionCookie) {
    this.#cookie = cookie;
  }

  find(id: string): MaybePromise<Found<Texts> | Refused<Texts>> {
    this.calls.push(`find ${id}`);
    if (this.failure !== undefined) return Promise.reject(this.failure);
    const row = this.rows.get(id);
    if (row === undefined) return Promise.resolve({ refused: "unknown-key" });
    const { texts: state, created, renewed } = row;
    const userId = state.get("(user)");
    const bound = userId === undefined ? {} : { userId, epoch: 0 };
    const values = this.valuesOf(state);
    const written = { values, flash: new Map(), created, renewed, id, ...bound };
    return Promise.resolve({ written, state, stale: false });
  }

  stateOf({ values, userId }: WrittenRecord): Texts {
    const texts = new Map([...values].map(([key, value]) => [key, JSON.stringify(value)]));
    return userId === undefined ? texts : texts.set("(user)", userId);
  }

  valuesOf(state: Texts): Map<string, unknown> {
    const own = [...state].filter(([key]) => !key.startsWith("("));
    return new Map(own.map(([key, text]) => [key, JSON.parse(text)]));
  }

  isSame(one: Texts, other: Texts): boolean {
    return one.size === other.size && [...one].every(([key, text]) => other.get(key) === text);
  }

  async write(
    record: LoadedRecord<Texts>,
    state: Texts,
    { request, renewed }: SessionWriting,
  ): Promise<readonly string[] | null> {
    if (this.failure !== undefined) throw this.failure;
    if (this.isOvertaken) return null;
    record.id ??= `id${this.rows.size + 1}`;
    const before: Texts = record.loaded ?? new Map();
    const keys = new Set([...before.keys(), ...state.keys()]);
    const changed = [...keys].filter((key) => before.get(key) !== state.get(key));
    this.calls.push(`write ${record.id}: ${changed.join(" ")}`);
    if (record.loadedId !== undefined && record.loadedId !== record.id) await this.end(record);
    this.rows.set(record.id, { texts: state, created: record.created, renewed });
    return this.#cookie.write(record.id, request, record.rememberFor);
  }

  async end(record: LoadedRecord<Texts>): Promise<void> {
    for (const { loadedId } of [record, ...await record.others?.() ?? []]) {
      if (loadedId === undefined) continue;
      this.calls.push(`end ${loadedId}`);
      this.rows.delete(loadedId);
    }
  }
}

/**
 * A factory whose sessions live in a map.
 *
 * @param options What every session factory takes.
 */
export function memorySessions(
  options: CookieSessionOptions,
): { factory: SessionFactory; backend: MemoryBackend } {
  const settings = sessionSettings(options, NATIVE_FORMAT);
  const backend = new MemoryBackend(settings.cookie);
  const parts = { ...settings, ...nativeContents(options) };
  return { factory: new Sessions(backend, parts), backend };
}
