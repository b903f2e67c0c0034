/**
 * Stores that lie, to see that the harness notices it.
 *
 * @module
 */

import type { SessionStore } from "@pyramidion/pyramidion/stores";
import type { Plant } from "./app_settings.ts";

/** Every so many calls one goes wrong. */
const EVERY = 10;

/** Plants a fault into a store. */
export function planted(store: SessionStore, plant: Plant): SessionStore {
  let calls = 0;
  const isDue = () => ++calls % EVERY === 0;
  const lying: SessionStore = {
    load: (id, now) => plant === "forgets" && isDue() ? Promise.resolve(null) : store.load(id, now),
    create: (id, record, now) => store.create(id, record, now),
    async update(id, head, change, now) {
      if (plant === "drops" && change.head === undefined && isDue()) return true;
      const answer = await store.update(id, head, change, now);
      const [key] = change.expect ?? [], text = change.set?.get(key ?? "");
      if (plant === "repeats" && answer === true && key !== undefined && isDue()) {
        const set = new Map([[key, String(Number(text) + 1)]]);
        await store.update(id, head, { set }, now);
      }
      return answer;
    },
    delete: (id, account) => store.delete(id, account),
    list: (account, now) => store.list(account, now),
    deleteAll: (account, except, now) => store.deleteAll(account, except, now),
  };
  return lying;
}
