/**
 * Stores with one fault each, and one without.
 *
 * @module
 */

import type { SessionChange, SessionStore, StoredRecord } from "@pyramidion/pyramidion/stores";
import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
import { settableClock } from "@pyramidion/pyramidion/testing";
import type { Checks, Trial } from "../../../lib/testing/store_suite/trial.ts";
import { memoryRevocations } from "@pyramidion/pyramidion/stores/memory";
import type { RevocationStore } from "@pyramidion/pyramidion";
import { PlainStore } from "../../../lib/testing/store_suite/plain_store.ts";

/** A whole store: with `sweep()` and revocations. */
export type WholeStore = SessionStore & RevocationStore & Required<Pick<SessionStore, "sweep">>;

/** A store that keeps the contract, and the plain one that stands behind it. */
export interface Sound {
  readonly plain: PlainStore;
  readonly store: WholeStore;
}

/** A fault: what a store does instead. */
interface Fault {
  /** The check that finds it. */
  readonly foundBy: string;
  readonly plant: (sound: Sound, clock: () => number) => Partial<WholeStore>;
}

/** Makes a store without a fault. */
export function sound(clock: () => number): Sound {
  const plain = new PlainStore();
  const store: WholeStore = {
    ...memoryRevocations({ clock }),
    load: async (id, now) => await plain.load(id, now),
    create: async (id, record, now) => await plain.create(id, record, now),
    update: async (id, head, change, now) => await plain.update(id, head, change, now),
    delete: async (id) => await plain.delete(id),
    list: async (account, now) => await plain.list(account, now),
    deleteAll: async (account, except, now) => await plain.deleteAll(account, except, now),
    sweep: async (now, limit) => {
      const over = [...plain.state].filter(([, { expires }]) => now > expires + 60_000);
      for (const [id] of over.slice(0, limit)) plain.delete(id);
      return await Math.min(over.length, limit);
    },
  };
  return { plain, store };
}

/** Makes a store with a fault, by its name in {@linkcode FAULTS}. */
export function planted(fault: string, clock: () => number): WholeStore {
  const made = sound(clock);
  return { ...made.store, ...FAULTS[fault]?.plant(made, clock) };
}

type Update = SessionStore["update"];

/** An update whose change is another than the one that was asked for. */
function changed(
  edit: (change: SessionChange, record: StoredRecord) => SessionChange,
): Fault["plant"] {
  return ({ plain }) => ({
    update: async (id, head, change, now) => {
      const record = plain.load(id, now);
      return await plain.update(id, head, record === null ? change : edit(change, record), now);
    },
  });
}

/** A store whose texts are others than those it was given. */
function rewritten(rewrite: (values: Map<string, string>) => Map<string, string>): Fault["plant"] {
  return ({ plain }) => ({
    create: async (id, record, now) =>
      await plain.create(id, { ...record, values: rewrite(record.values) }, now),
    update: async (id, head, change, now) =>
      await plain.update(
        id,
        head,
        change.set === undefined ? change : { ...change, set: rewrite(new Map(change.set)) },
        now,
      ),
  });
}

/** A store in which every end is another than the one that was asked for. */
function endingAt(end: (expires: number, now: number) => number): Fault["plant"] {
  return ({ plain }) => ({
    create: async (id, record, now) =>
      await plain.create(id, { ...record, expires: end(record.expires, now) }, now),
    load: async (id, now) => {
      const record = plain.load(id, now);
      return await (record && { ...record, expires: record.expires });
    },
  });
}

/** Reads, lets others go first, and writes what it read. */
function readThenWrite(
  write: (plain: PlainStore, ...given: Parameters<Update>) => void,
): Fault["plant"] {
  return ({ plain }) => ({
    update: async (id, head, change, now) => {
      const scratch = new PlainStore(plain);
      const answer = scratch.update(id, head, change, now);
      await Promise.resolve();
      await Promise.resolve();
      if (answer === true) write(plain, id, head, change, now);
      return answer;
    },
  });
}

function rewriteKeys(rename: (key: string) => string): Fault["plant"] {
  return rewritten((values) => new Map([...values].map(([key, text]) => [rename(key), text])));
}

function rewriteValues(edit: (text: string) => string): Fault["plant"] {
  return rewritten((values) => new Map([...values].map(([key, text]) => [key, edit(text)])));
}

/** What was seen elsewhere, or is easily written. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  "every id has a session": {
    foundBy: "load() gives null for an id that was never created",
    plant: ({ plain }) => ({
      load: async (id, now) =>
        await (plain.load(id, now) ??
          { head: "", renewed: now, expires: now, account: null, values: new Map() }),
    }),
  },
  "an account is left out when a session begins": {
    foundBy: "load() gives back what create() took",
    plant: ({ plain }) => ({
      create: async (id, record, now) => await plain.create(id, { ...record, account: null }, now),
    }),
  },
  "an update replaces all keys": {
    foundBy: "update() changes the keys that it names, and no other",
    plant: changed((change, { values }) => ({
      ...change,
      delete: [...values.keys()].filter((key) => change.set?.has(key) === false),
    })),
  },
  "an update removes nothing": {
    foundBy: "update() changes the keys that it names, and no other",
    plant: changed((change) => ({ ...change, delete: undefined })),
  },
  "an update that clears only adds": {
    foundBy: "update() that clears keeps the keys that it sets, and no other",
    plant: changed((change) => ({ ...change, clear: false })),
  },
  "an update clears whatever the change says": {
    foundBy: "update() that clears keeps the keys that it sets, and no other",
    plant: changed((change) => "clear" in change ? { ...change, clear: true } : change),
  },
  "an update clears what was there when it was asked": {
    foundBy: "update() that clears and changes the head leaves nothing of others, in 50 races",
    plant: ({ plain }) => ({
      update: async (id, head, change, now) => {
        const seen = [...plain.load(id, now)?.values.keys() ?? []];
        await Promise.resolve();
        if (change.clear !== true) return plain.update(id, head, change, now);
        const gone = seen.filter((key) => change.set?.has(key) !== true);
        const all = [...change.delete ?? [], ...gone];
        return plain.update(id, head, { ...change, clear: false, delete: all }, now);
      },
    }),
  },
  "an update reaches all sessions of the account": {
    foundBy: "update() of one session leaves the others alone",
    plant: ({ plain }) => ({
      update: async (id, head, change, now) => {
        const account = plain.load(id, now)?.account ?? null;
        const answer = plain.update(id, head, change, now);
        for (const record of plain.state.values()) {
          if (answer === true && record.account === account) {
            record.head = change.head ?? record.head;
          }
        }
        return await answer;
      },
    }),
  },
  "a lost update: the whole record is read and written": {
    foundBy: "update() of 100 keys at once loses none",
    plant: ({ plain }) => ({
      update: async (id, head, change, now) => {
        const scratch = new PlainStore(plain);
        const answer = scratch.update(id, head, change, now);
        await Promise.resolve();
        const written = scratch.state.get(id);
        if (answer === true && written !== undefined && plain.state.has(id)) {
          plain.state.set(id, written);
        }
        return answer;
      },
    }),
  },
  "an update creates what is not there": {
    foundBy: "update() never creates a session",
    plant: ({ plain }) => ({
      update: async (id, head, change, now) => {
        const { set = new Map(), account = null, renewed = now, expires = now + 1000 } = change;
        plain.create(id, { head, renewed, expires, account, values: new Map(set) }, now);
        return await plain.update(id, head, change, now);
      },
    }),
  },
  "an update that is under way brings a session back": {
    foundBy: "delete() wins over every update that is under way, in 100 races",
    plant: ({ plain, store }) => ({
      update: async (id, head, change, now) => {
        const scratch = new PlainStore(plain);
        const answer = scratch.update(id, head, change, now);
        await store.load(id, now);
        const written = scratch.state.get(id);
        if (answer === true && written !== undefined) plain.state.set(id, written);
        return answer;
      },
    }),
  },
  "a deleted session comes back out of a second generation": {
    foundBy: "delete() ends a session for load(), update() and list()",
    plant: ({ plain }) => {
      const old = new Map<string, StoredRecord>();
      return {
        load: async (id, now) => {
          const record = plain.load(id, now);
          if (record !== null) old.set(id, record);
          return await (record ?? old.get(id) ?? null);
        },
        create: async (id, record, now) => {
          old.set(id, record);
          return await plain.create(id, record, now);
        },
      };
    },
  },
  "a session ends one millisecond early": {
    foundBy: "load() gives a session up to its last millisecond, and not one longer",
    plant: ({ plain }) => ({ load: async (id, now) => await plain.load(id, now + 1) }),
  },
  "a session ends one millisecond late": {
    foundBy: "load() gives a session up to its last millisecond, and not one longer",
    plant: ({ plain }) => ({ load: async (id, now) => await plain.load(id, now - 1) }),
  },
  "an update comes one millisecond late": {
    foundBy: "update() changes a session up to its last millisecond, and not one longer",
    plant: ({ plain }) => ({
      update: async (id, head, change, now) => await plain.update(id, head, change, now - 1),
    }),
  },
  "a list shows what expired a millisecond ago": {
    foundBy: "list() shows a session up to its last millisecond, and not one longer",
    plant: ({ plain }) => ({ list: async (account, now) => await plain.list(account, now - 1) }),
  },
  "a life is rounded down to seconds, and 0 is for ever": {
    foundBy: "load() gives a session up to its last millisecond, and not one longer",
    plant: endingAt((expires, now) => {
      const seconds = Math.floor((expires - now) / 1000);
      return seconds === 0 ? Infinity : now + seconds * 1000;
    }),
  },
  "a life is rounded up to seconds": {
    foundBy: "load() gives a session up to its last millisecond, and not one longer",
    plant: endingAt((expires, now) => now + Math.ceil((expires - now) / 1000) * 1000),
  },
  "the clock of the store decides": {
    foundBy: "the time that is passed decides, whatever the clock of the store says",
    plant: ({ plain }, clock) => ({ load: async (id) => await plain.load(id, clock()) }),
  },
  "what expired is removed as soon as somebody asks": {
    foundBy: "the time that is passed decides, whatever the clock of the store says",
    plant: ({ plain }) => ({
      load: async (id, now) => {
        const record = plain.load(id, now);
        if (record === null) plain.delete(id);
        return await record;
      },
    }),
  },
  "a renewal does not move the end": {
    foundBy: "update() moves the end, further away or nearer",
    plant: changed((change) => ({ ...change, expires: undefined })),
  },
  "an end only moves away": {
    foundBy: "update() moves the end, further away or nearer",
    plant: changed((change, { expires }) => ({
      ...change,
      expires: change.expires === undefined ? undefined : Math.max(change.expires, expires),
    })),
  },
  "ghosts: a list shows what was deleted": {
    foundBy: "delete() ends a session for load(), update() and list()",
    plant: ({ plain }) => {
      const ghosts = new PlainStore();
      return {
        create: async (id, record, now) => {
          ghosts.create(id, record, now);
          return await plain.create(id, record, now);
        },
        list: async (account, now) => await ghosts.list(account, now),
      };
    },
  },
  "ghosts: a session stays in the list of the account before": {
    foundBy: "list() follows a session that signs in, changes its account and signs out",
    plant: ({ plain }) => {
      const accounts = new Map<string, Set<string>>();
      const note = (id: string, account: string | null | undefined) => {
        if (typeof account !== "string") return;
        accounts.set(account, (accounts.get(account) ?? new Set()).add(id));
      };
      return {
        create: async (id, record, now) => {
          note(id, record.account);
          return await plain.create(id, record, now);
        },
        update: async (id, head, change, now) => {
          note(id, change.account);
          return await plain.update(id, head, change, now);
        },
        list: async (account, now) =>
          await [...accounts.get(account) ?? []].flatMap((id) => {
            const record = plain.load(id, now);
            if (record === null) return [];
            const { head, renewed, expires } = record;
            return [{ id, head, renewed, expires }];
          }),
      };
    },
  },
  "listing prunes what has expired": {
    foundBy: "list() removes nothing, whatever time it is given",
    plant: ({ plain }) => ({
      list: async (account, now) => {
        for (const { id } of plain.list(account, -Infinity)) {
          if (plain.load(id, now) === null) plain.delete(id);
        }
        return await plain.list(account, now);
      },
    }),
  },
  "a list ends at a hundred": {
    foundBy: "list() shows all of 120 sessions, and deleteAll() ends them",
    plant: ({ plain }) => ({
      list: async (account, now) => await plain.list(account, now).slice(0, 100),
    }),
  },
  "accounts that begin alike are one": {
    foundBy: "every text of 1 to 512 bytes is an account, and none is taken for another",
    plant: ({ plain }) => ({
      list: async (account, now) =>
        await [...plain.state].filter(([, { account: own }]) => own?.startsWith(account) === true)
          .flatMap(([id]) => plain.list(plain.load(id, now)?.account ?? "", now))
          .filter((one, at, all) => all.findIndex(({ id }) => id === one.id) === at),
    }),
  },
  "an operation is forgotten at once": {
    foundBy: "update() by an operation that was applied gives true, and changes nothing",
    plant: changed((change) => ({ ...change, operation: undefined })),
  },
  "seven operations are remembered": {
    foundBy: "update() remembers the last eight operations",
    plant: ({ plain }) => ({
      update: async (id, head, change, now) => {
        const answer = plain.update(id, head, change, now);
        const record = plain.state.get(id);
        if (record !== undefined) record.operations = record.operations.slice(-7);
        return await answer;
      },
    }),
  },
  "an operation is remembered although it was refused": {
    foundBy: "update() that was refused is not remembered",
    plant: ({ plain }) => ({
      update: async (id, head, change, now) => {
        const answer = plain.update(id, head, change, now);
        if (change.operation !== undefined) plain.state.get(id)?.operations.push(change.operation);
        return await answer;
      },
    }),
  },
  "operations of all sessions are one list": {
    foundBy: "update() tells operations apart, and those of two sessions",
    plant: ({ plain }) => {
      const known = new Set<string>();
      return {
        update: async (id, head, change, now) => {
          const { operation } = change;
          if (operation !== undefined && known.has(operation)) return true;
          const answer = plain.update(id, head, change, now);
          if (answer === true && operation !== undefined) known.add(operation);
          return await answer;
        },
      };
    },
  },
  "the head is asked before the operation": {
    foundBy: "update() by an operation that was applied gives true, and changes nothing",
    plant: ({ plain }) => ({
      update: async (id, head, change, now) => {
        const record = plain.load(id, now);
        if (record !== null && record.head !== head) return record;
        return await plain.update(id, head, change, now);
      },
    }),
  },
  "what arrives twice counts twice": {
    foundBy: "update() that arrives twice counts once, whoever else counts",
    plant: changed((change) => {
      const { operation: _, ...rest } = change;
      return rest;
    }),
  },
  "the expectation is ignored": {
    foundBy: "update() whose expectation fails changes nothing, and gives the present record",
    plant: changed((change) => ({ ...change, expect: undefined })),
  },
  'a key that is not there is taken for "null"': {
    foundBy: "update() whose expectation fails changes nothing, and gives the present record",
    plant: changed((change, { values }) => {
      const [key, text] = change.expect ?? ["", null];
      if (change.expect === undefined || values.has(key) || text !== "null") return change;
      return { ...change, expect: [key, null] };
    }),
  },
  "the expectation is asked before others write": {
    foundBy: "update() by expectation counts to 100, whoever else counts",
    plant: readThenWrite((plain, id, head, change, now) => {
      plain.update(id, head, { ...change, expect: undefined }, now);
    }),
  },
  "the head is ignored": {
    foundBy: "update() by another head changes nothing, and gives the present record",
    plant: ({ plain }) => ({
      update: async (id, _head, change, now) =>
        await plain.update(id, plain.load(id, now)?.head ?? "", change, now),
    }),
  },
  "the head is asked before others write": {
    foundBy: "update() of two rotations at once lets one of them in",
    plant: readThenWrite((plain, id, _head, change, now) => {
      plain.update(id, plain.load(id, now)?.head ?? "", change, now);
    }),
  },
  "what is refused is applied in part": {
    foundBy: "update() whose expectation fails changes nothing, and gives the present record",
    plant: ({ plain }) => ({
      update: async (id, head, change, now) => {
        const answer = plain.update(id, head, change, now);
        const record = plain.state.get(id);
        if (record !== undefined) record.head = change.head ?? record.head;
        return await answer;
      },
    }),
  },
  "who is refused gets the record of before": {
    foundBy: "update() of two rotations at once lets one of them in",
    plant: ({ plain }) => {
      const first = new Map<string, StoredRecord>();
      return {
        create: async (id, record, now) => {
          first.set(id, structuredClone(record));
          return await plain.create(id, record, now);
        },
        update: async (id, head, change, now) => {
          const answer = plain.update(id, head, change, now);
          return await (answer === true || answer === null ? answer : first.get(id) ?? answer);
        },
      };
    },
  },
  "undefined is written": {
    foundBy: "update() that names nothing changes nothing, undefined included",
    plant: ({ plain }) => ({
      update: async (id, head, change, now) => {
        const answer = plain.update(id, head, change, now);
        const record = plain.state.get(id);
        if (answer === true && record !== undefined && "account" in change) {
          record.account = change.account ?? null;
        }
        return await answer;
      },
    }),
  },
  "deleteAll() spares none": {
    foundBy: "deleteAll() spares what it is told to, and tells how many it ended",
    plant: ({ plain }) => ({
      deleteAll: async (account, _except, now) => await plain.deleteAll(account, [], now),
    }),
  },
  "deleteAll() counts what had expired": {
    foundBy: "deleteAll() ends what expired as well, and does not count it",
    plant: ({ plain }) => ({
      deleteAll: async (account, except) => await plain.deleteAll(account, except, -Infinity),
    }),
  },
  "deleteAll() leaves what had expired": {
    foundBy: "deleteAll() ends what expired as well, and does not count it",
    plant: ({ plain }) => ({
      deleteAll: async (account, except, now) => {
        const ids = plain.list(account, now).map(({ id }) => id).filter((id) =>
          !except.includes(id)
        );
        for (const id of ids) plain.delete(id);
        return await ids.length;
      },
    }),
  },
  "create() overwrites": {
    foundBy: "create() refuses an id that is taken, and leaves what is there",
    plant: ({ plain }) => ({
      create: async (id, record, now) => {
        plain.delete(id);
        return await plain.create(id, record, now);
      },
    }),
  },
  "create() overwrites what has its own head": {
    foundBy: "create() again by its own head gives true, and changes nothing",
    plant: ({ plain }) => ({
      create: async (id, record, now) => {
        if (plain.load(id, now)?.head === record.head) plain.delete(id);
        return await plain.create(id, record, now);
      },
    }),
  },
  "create() refuses its own head": {
    foundBy: "create() again by its own head gives true, and changes nothing",
    plant: ({ plain }) => ({
      create: async (id, record, now) =>
        await (plain.load(id, now) === null && plain.create(id, record, now)),
    }),
  },
  "create() asks before others write": {
    foundBy: "create() of many at once for one id lets one of them in",
    plant: ({ plain }) => ({
      create: async (id, record, now) => {
        const present = plain.load(id, now);
        await Promise.resolve();
        if (present !== null) return present.head === record.head;
        plain.delete(id);
        return plain.create(id, record, now);
      },
    }),
  },
  "create() refuses an id whose session expired": {
    foundBy: "create() takes an id whose session expired, and keeps nothing of it",
    plant: ({ plain }) => ({
      create: async (id, record, now) =>
        await (plain.state.has(id)
          ? plain.state.get(id)?.head === record.head
          : plain.create(id, record, now)),
    }),
  },
  "create() keeps the operations of an expired session": {
    foundBy: "create() takes an id whose session expired, and keeps nothing of it",
    plant: ({ plain }) => ({
      create: async (id, record, now) => {
        const operations = plain.state.get(id)?.operations ?? [];
        const answer = plain.create(id, record, now);
        const created = plain.state.get(id);
        if (created !== undefined) created.operations = operations;
        return await answer;
      },
    }),
  },
  "what load() gives is the store's own": {
    foundBy: "create() copies what it was given, and load() gives a copy away",
    plant: ({ plain }) => ({
      load: async (id, now) => {
        const record = plain.load(id, now);
        return await (record && { ...record, values: plain.state.get(id)?.values ?? new Map() });
      },
    }),
  },
  "what update() gives is the store's own": {
    foundBy: "update() copies what it was given, and gives a copy away",
    plant: ({ plain }) => ({
      update: async (id, head, change, now) => {
        const answer = plain.update(id, head, change, now);
        if (answer === true || answer === null) return await answer;
        return { ...answer, values: plain.state.get(id)?.values ?? new Map() };
      },
    }),
  },
  "keys lie in an object with a prototype": {
    foundBy: "every text is a key: set, expected and removed",
    plant: rewritten((values) => new Map([...values].filter(([key]) => key !== "__proto__"))),
  },
  "keys are cut at 255 characters": {
    foundBy: "every text is created as a key",
    plant: rewriteKeys((key) => key.slice(0, 255)),
  },
  "keys are trimmed": {
    foundBy: "every text is a key: set, expected and removed",
    plant: rewriteKeys((key) => key.trimEnd()),
  },
  "keys are normalised": {
    foundBy: "every text is created as a key",
    plant: rewriteKeys((key) => key.normalize()),
  },
  "values are read as JSON where they can be": {
    foundBy: "every text is a value: created, set and expected",
    plant: rewriteValues((text) => {
      try {
        return JSON.stringify(JSON.parse(text));
      } catch {
        return text;
      }
    }),
  },
  'the value "null" removes its key': {
    foundBy: "every text is a value: created, set and expected",
    plant: rewritten((values) => new Map([...values].filter(([, text]) => text !== "null"))),
  },
  "values lose a byte order mark": {
    foundBy: "every text is a value: created, set and expected",
    plant: rewriteValues((text) => text.replace("\ufeff", "")),
  },
  "values are cut at 16 KiB": {
    foundBy: "a session holds 256 keys, and 60,000 bytes",
    plant: rewriteValues((text) => text.slice(0, 16_384)),
  },
  "an empty account is meant by the head": {
    foundBy: "every text is a head",
    plant: changed((change, { head }) => ({ ...change, head: change.head || head })),
  },
  "delete() wants the right account": {
    foundBy: "delete() of what is gone is no fault, with or without an account",
    plant: ({ plain }) => ({
      delete: async (id, account) => {
        if (await (plain.state.get(id)?.account ?? null) === (account ?? null)) plain.delete(id);
      },
    }),
  },
  "delete() ends all sessions of the account": {
    foundBy: "delete() ends one session and no other",
    plant: ({ plain }) => ({
      delete: async (id, account) => {
        plain.delete(id);
        if (typeof account === "string") await plain.deleteAll(account, [], 0);
      },
    }),
  },
  "a sign-in that is under way comes behind the sign-out": {
    foundBy: "delete() wins over a sign-in that is under way",
    plant: ({ plain, store }) => ({
      update: async (id, head, change, now) => {
        if (change.account === undefined) return plain.update(id, head, change, now);
        const scratch = new PlainStore(plain);
        const answer = scratch.update(id, head, change, now);
        await store.load(id, now);
        const written = scratch.state.get(id);
        if (answer === true && written !== undefined) plain.state.set(id, written);
        return answer;
      },
    }),
  },
  "sweep() leaves no time for other clocks": {
    foundBy: "sweep() removes what expired more than 60 seconds before, and nothing else",
    plant: ({ store }) => ({ sweep: (now, limit) => store.sweep(now + 60_000, limit) }),
  },
  "sweep() knows no limit": {
    foundBy: "sweep() removes no more than it may at once, and says how many",
    plant: ({ store }) => ({ sweep: (now) => store.sweep(now, Infinity) }),
  },
  "sweep() goes by the first end": {
    foundBy: "sweep() goes by the present end of a session",
    plant: ({ plain }) => {
      const ends = new Map<string, number>();
      return {
        create: async (id, record, now) => {
          ends.set(id, record.expires);
          return await plain.create(id, record, now);
        },
        sweep: async (now) => {
          const over = [...ends].filter(([, expires]) => now > expires + 60_000);
          for (const [id] of over) plain.delete(id);
          return await over.length;
        },
      };
    },
  },
  "a sign-in that renews leaves its operation out": {
    foundBy: "rounds of random calls",
    plant: changed((change) =>
      change.account !== undefined && change.expires !== undefined
        ? { ...change, operation: undefined }
        : change
    ),
  },
  "a revocation is brought nearer": {
    foundBy: "add() again never brings the end of an id's time nearer",
    plant: (_, clock) => {
      const ends = new Map<string, number>();
      return {
        has: (id) => (ends.get(id) ?? -Infinity) >= clock(),
        add: (id, until) => void ends.set(id, until),
      };
    },
  },
  "an epoch is the time": {
    foundBy: "bump() raises it although the clock went back",
    plant: (_, clock) => {
      const epochs = new Map<string, number>();
      return {
        epoch: (user) => epochs.get(user) ?? 0,
        bump: (user) => void epochs.set(user, clock() + epochs.size),
      };
    },
  },
  "a session counts as revoked": {
    foundBy: "revocations and sessions are not taken for each other",
    plant: ({ plain, store }) => ({
      has: async (id) => plain.state.has(id) || await store.has(id),
    }),
  },
};

/**
 * Tries the checks of one subject on each planted store: the fault that one of them is about must be
 * found by it, and none of them may be idle.
 *
 * @param t The test.
 * @param checks The checks.
 */
export async function findsFaults(t: Deno.TestContext, checks: Checks): Promise<void> {
  const idle = new Set(Object.keys(checks));
  for (const [name, check] of Object.entries(checks)) {
    await check(trialOf((clock) => sound(clock).store)).catch((error) => {
      throw new Error(`"${name}" finds a fault where there is none`, { cause: error });
    });
  }
  for (const [fault, { foundBy }] of Object.entries(FAULTS)) {
    const found: string[] = [];
    for (const [name, check] of Object.entries(checks)) {
      await check(trialOf((clock) => planted(fault, clock))).catch(() => found.push(name));
    }
    for (const name of found) idle.delete(name);
    if (!(foundBy in checks)) continue;
    await t.step(fault, () => assert(found.includes(foundBy), `found by ${JSON.stringify(found)}`));
  }
  await t.step("no check is idle", () => assertEquals([...idle], []));
}

/** A store of its own, as a check gets it. */
export function trialOf(open: (clock: () => number) => WholeStore): Trial {
  const clock = settableClock();
  return { store: open(clock), clock, now: clock() };
}
