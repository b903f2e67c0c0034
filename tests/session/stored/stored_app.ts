/**
 * An app of stored sessions over a store whose calls are taken down, and may be made to fail.
 *
 * @module
 */

import { type StoredSessionFactory, storedSessionFactory } from "@pyramidion/pyramidion";
import type { SessionStore } from "@pyramidion/pyramidion/stores";
import { memoryStore } from "@pyramidion/pyramidion/stores/memory";
import type { LostChanges, StoredSessionOptions } from "@pyramidion/pyramidion/types";
import type { SetTimer } from "../../../lib/session/stored/access/store_guard.ts";
import { storedSessions } from "../../../lib/session/stored/stored_sessions.ts";
import { storedSettings } from "../../../lib/session/stored_factory.ts";
import { FactoryApp, type Surroundings } from "../factory_app.ts";
import { SECRET } from "../session_app.ts";
import { type Call, countedStore, type Trouble } from "./counted_store.ts";

/** The app's keys. */
export type Values = Record<string, unknown>;

/** What a test has in hand. */
export interface StoredApp {
  /** The app. */
  readonly app: FactoryApp<Values>;
  /** Its factory. */
  readonly factory: StoredSessionFactory<Values>;
  /** The store itself. */
  readonly inner: SessionStore;
  /** What was asked of the store. */
  readonly calls: Call[];
  /** What a test does to the store. */
  readonly trouble: Trouble;
  /** What `onLost` was told. */
  readonly lost: LostChanges[];
}

/** The cookie of a stored session, as a `Cookie` header. */
export function cookieOf(visitor: { cookie(name: string): string | null }): string {
  return `__Host-session=${visitor.cookie("__Host-session")}`;
}

/** Makes an app. */
export function storedApp(
  options: StoredSessionOptions<Values> = {},
  inner: SessionStore = memoryStore(),
  setTimer?: SetTimer,
): StoredApp {
  const { store, calls, trouble } = countedStore(inner);
  const lost: LostChanges[] = [];
  let made: StoredSessionFactory<Values> | undefined;
  const make = (around: Surroundings) => {
    const all: StoredSessionOptions<Values> = {
      onLost: (changes) => void lost.push(changes),
      ...around,
      ...options,
    };
    return made = setTimer === undefined
      ? storedSessionFactory<Values>(store, SECRET, all)
      : storedSessions<Values>(storedSettings(store, SECRET, all), setTimer);
  };
  const app = new FactoryApp<Values>(make);
  if (made === undefined) throw new Error("the app made no factory");
  return { app, factory: made, inner, calls, trouble, lost };
}
