/**
 * A store whose calls are taken down, and may be made to fail.
 *
 * @module
 */

import type { SessionStore } from "@pyramidion/pyramidion/stores";

/** The members of a store that sessions use. */
export type Call = "load" | "create" | "update" | "delete" | "list" | "deleteAll";

/** What a test does to a store. */
export interface Trouble {
  /**
   * Called before each call. What it throws is the call's rejection.
   */
  before?: ((call: Call) => void | Promise<void>) | undefined;
  /** Called after each call. What it throws takes the place of the answer: the reply was lost. */
  after?: ((call: Call) => void | Promise<void>) | undefined;
  /** Takes the place of an answer. */
  answer?: ((call: Call, answer: unknown) => unknown) | undefined;
}

/**
 * Wraps a store.
 *
 * @param store The store.
 */
export function countedStore(
  store: SessionStore,
): { store: SessionStore; calls: Call[]; trouble: Trouble } {
  const calls: Call[] = [], trouble: Trouble = {};
  const wrap = <Given extends unknown[], Answer>(
    call: Call,
    member: (...given: Given) => Promise<Answer>,
  ) =>
  async (...given: Given): Promise<Answer> => {
    calls.push(call);
    await trouble.before?.(call);
    const answer = await member(...given);
    await trouble.after?.(call);
    return trouble.answer === undefined ? answer : trouble.answer(call, answer) as Answer;
  };
  return {
    calls,
    trouble,
    store: {
      load: wrap("load", (...given) => store.load(...given)),
      create: wrap("create", (...given) => store.create(...given)),
      update: wrap("update", (...given) => store.update(...given)),
      delete: wrap("delete", (...given) => store.delete(...given)),
      list: wrap("list", (...given) => store.list(...given)),
      deleteAll: wrap("deleteAll", (...given) => store.deleteAll(...given)),
    },
  };
}
