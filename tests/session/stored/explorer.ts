/**
 * Plays every interleaving of a few requests of one visitor, call of the store by call of the store,
 * and compares what became of the session with what was promised.
 *
 * Each request runs in a process of its own: factories share nothing but the store. A scheduler lets one
 * call of the store through at a time. A run is named by its choices, so that every run can be played
 * again. All of them are played, the next one by the last choice that had another option.
 *
 * @module
 */

import { HttpError, type Session, type SessionFactory } from "@pyramidion/pyramidion";
import type { SessionOutcome, SessionRequest } from "@pyramidion/pyramidion/types";
import type { SessionStore, StoredRecord } from "@pyramidion/pyramidion/stores";
import { memoryStore } from "@pyramidion/pyramidion/stores/memory";
import { storedSettings } from "../../../lib/session/stored_factory.ts";
import { storedSessions } from "../../../lib/session/stored/stored_sessions.ts";
import { NAME, SECRET, START } from "../session_app.ts";

type Values = Record<string, unknown>;

/** What a request does, or what happens meanwhile. */
export type Step =
  | "set"
  | "modify"
  | "delete"
  | "flash"
  | "rotate"
  | "sign in"
  | "sign out"
  | "end all"
  | "read"
  | "expire"
  | "grace passes";

/** What is played. */
export interface Scenario {
  /** Whether the visitor is signed in at first. */
  readonly signedIn: boolean;
  /** The requests, which all come with the cookie from the beginning. */
  readonly steps: readonly Step[];
  /** How many replies of the store may be lost, after it did what was asked. */
  readonly lostReplies?: number;
  /** Whether the session is due to be renewed. */
  readonly isDue?: boolean;
}

/** What was found. */
export interface Explored {
  /** How many interleavings were played. */
  readonly runs: number;
  /** What broke a promise, with the run that did; at most one for each scenario. */
  readonly broken: readonly string[];
}

/** What changes a store, to see that it is found. */
export type Fault = (store: SessionStore) => SessionStore;

/** Makes the factory of a process. */
export type MakeFactory = typeof storedSessions<Values>;

/** The time stands still: nothing is late, and nothing is tried again behind. */
const noTimer = () => () => {};
const DUE = 130, GRACE_PASSES = 11_000, EXPIRES = 2_000_000;
const CONTEXT = { mayRenew: true, byException: false };

/** Plays scenarios, all interleavings of each. */
export async function explore(
  scenarios: readonly Scenario[],
  {
    fault = (store) => store,
    make = storedSessions<Values>,
    open = memoryStore,
    stopsAtFirst = false,
  }: {
    readonly fault?: Fault;
    readonly open?: () => SessionStore;
    readonly make?: MakeFactory;
    readonly stopsAtFirst?: boolean;
  } = {},
): Promise<Explored> {
  let runs = 0;
  const broken: string[] = [];
  for (const scenario of scenarios) {
    const begun = await beginning(scenario, make);
    let choices: number[] | null = [];
    while (choices !== null) {
      const run: Run = new Run(scenario, begun, choices, make, { inner: open(), fault });
      const found: string | null = await run.play();
      runs++;
      if (found !== null) {
        broken.push(`${nameOf(scenario)}: ${found}: ${run.trail.join(", ")}`);
        if (stopsAtFirst) return { runs, broken };
        break;
      }
      choices = run.next();
    }
  }
  return { runs, broken };
}

/** A scenario in words. */
export function nameOf({ signedIn, steps, lostReplies = 0, isDue = false }: Scenario): string {
  return `${signedIn ? "signed in" : "guest"}${isDue ? ", due" : ""}${
    lostReplies > 0 ? `, ${lostReplies} lost` : ""
  }: ${steps.join(" | ")}`;
}

/** A session as every run of a scenario finds it. */
interface Beginning {
  readonly id: string;
  readonly record: StoredRecord;
  readonly cookie: string;
}

async function beginning({ signedIn }: Scenario, make: MakeFactory): Promise<Beginning> {
  const store = memoryStore();
  const factory = make(storedSettings<Values>(store, SECRET, { clock: () => START }), noTimer);
  const session = await factory.load(requestWith(null));
  session.set("n", 0).set("old", true);
  if (signedIn) session.bindTo("ada");
  else session.set("guest", true);
  const outcome = await factory.commit(session, requestWith(null), CONTEXT);
  const cookie = cookieOf(outcome);
  if (cookie === null) throw new Error("the beginning has no cookie");
  const again = await factory.load(requestWith(cookie));
  const id = factory.idOf(again);
  const record = id === undefined ? null : await store.load(id, START);
  if (id === undefined || record === null) throw new Error("the beginning was not stored");
  return { id, record, cookie };
}

function requestWith(cookie: string | null): SessionRequest {
  const headers = new Headers(cookie === null ? {} : { cookie: `${NAME}=${cookie}` });
  const raw = new Request("https://app.test/", { headers });
  return { raw, method: "GET", headers, origin: "https://app.test" };
}

function cookieOf(outcome: SessionOutcome): string | null {
  if (outcome.do === "nothing") return null;
  const text = outcome.cookies.find((cookie) => cookie.startsWith(`${NAME}=`));
  return text === undefined ? null : /=([^;]*)/.exec(text)?.[1] ?? null;
}

/** What became of a request. */
interface Actor {
  readonly step: Step;
  readonly index: number;
  /** The call of the store that waits to be let through. */
  waiting: (() => Promise<void>) | undefined;
  isDone: boolean;
  /** Whether its change was acknowledged: kept under the id, and not told to be lost. */
  acknowledged: boolean;
  lost: boolean;
  /** Whether it was answered by a 503. */
  failed: boolean;
  /** Who was signed in as it was loaded. */
  seen: string | undefined;
  /** The app's keys as they were loaded, with the texts of their values. */
  held: ReadonlyMap<string, string>;
  /** The cookie that it got; `""` for a deletion. */
  cookie: string | null;
}

/** A call that changed the store. */
interface Applied {
  readonly by: Actor;
  readonly call: "create" | "update" | "delete" | "deleteAll";
  readonly id: string;
  readonly signsIn: boolean;
}

class Run {
  readonly trail: string[] = [];
  readonly #scenario: Scenario;
  readonly #begun: Beginning;
  readonly #choices: readonly number[];
  readonly #options: number[] = [];
  readonly #made: number[] = [];
  readonly #inner: SessionStore;
  readonly #store: SessionStore;
  readonly #make: MakeFactory;
  readonly #actors: Actor[];
  readonly #applied: Applied[] = [];
  /** What a sign-in kept, and its request did not hold. */
  #foreign: string | null = null;
  /** Ids that were over at some time. */
  readonly #gone = new Set<string>();
  #lostReplies: number;
  #now: number;
  #wake: () => void = () => {};

  constructor(
    scenario: Scenario,
    begun: Beginning,
    choices: readonly number[],
    make: MakeFactory,
    { inner, fault }: { readonly inner: SessionStore; readonly fault: Fault },
  ) {
    this.#scenario = scenario;
    this.#begun = begun;
    this.#choices = choices;
    this.#make = make;
    this.#inner = inner;
    this.#store = fault(inner);
    this.#lostReplies = scenario.lostReplies ?? 0;
    this.#now = START + (scenario.isDue === true ? DUE * 1000 : 0);
    this.#actors = scenario.steps.map((step, index) => ({
      step,
      index,
      waiting: undefined,
      isDone: false,
      acknowledged: false,
      lost: false,
      failed: false,
      seen: undefined,
      held: new Map(),
      cookie: null,
    }));
  }

  /** Plays the run; gives what broke a promise, or `null`. */
  async play(): Promise<string | null> {
    const { id, record } = this.#begun;
    await this.#inner.create(id, { ...record, values: new Map(record.values) }, START);
    const failures: unknown[] = [];
    for (const actor of this.#actors) {
      this.#act(actor).catch((error) => failures.push(error)).finally(() => {
        actor.isDone = true;
        this.#wake();
      });
    }
    while (!this.#actors.every(({ isDone }) => isDone)) {
      if (this.#actors.every(({ isDone, waiting }) => isDone || waiting !== undefined)) {
        await this.#letThrough();
      } else {
        await new Promise<void>((resolve) => this.#wake = resolve);
      }
    }
    if (failures.length > 0) throw failures[0];
    return await this.#judge();
  }

  /** The choices of the next run; `null` after the last. */
  next(): number[] | null {
    for (let at = this.#made.length - 1; at >= 0; at--) {
      const choice = this.#made[at]! + 1;
      if (choice < this.#options[at]!) return [...this.#made.slice(0, at), choice];
    }
    return null;
  }

  #choose(options: number): number {
    const choice = this.#choices[this.#made.length] ?? 0;
    this.#options.push(options);
    this.#made.push(choice);
    return choice;
  }

  async #letThrough(): Promise<void> {
    const waiting = this.#actors.filter((actor) => actor.waiting !== undefined);
    const actor = waiting[this.#choose(waiting.length)]!;
    const call = actor.waiting!;
    actor.waiting = undefined;
    await call();
  }

  /** Waits for its turn, calls the store, and may lose the reply. */
  #called<Answer>(actor: Actor, name: string, call: () => Promise<Answer>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      actor.waiting = async () => {
        let settle: () => void;
        try {
          const answer = await call();
          const isLost = this.#lostReplies > 0 && name !== "time" && this.#choose(2) === 1;
          this.trail.push(`${actor.index} ${name}${isLost ? " (reply lost)" : ""}`);
          if (isLost) this.#lostReplies--;
          settle = () => isLost ? reject(new Error("the reply was lost")) : resolve(answer);
        } catch (error) {
          settle = () => reject(error);
        }
        settle();
      };
      this.#wake();
    });
  }

  #storeOf(actor: Actor): SessionStore {
    const store = this.#store;
    const note = (call: Applied["call"], id: string, signsIn = false) =>
      void this.#applied.push({ by: actor, call, id, signsIn });
    return {
      load: (id, now) => this.#called(actor, "load", () => store.load(id, now)),
      create: (id, record, now) =>
        this.#called(actor, "create", async () => {
          const answer = await store.create(id, record, now);
          note("create", id, record.account !== null && actor.step === "sign in");
          return answer;
        }),
      update: (id, head, change, now) =>
        this.#called(actor, "update", async () => {
          const before = await this.#inner.load(id, now);
          const answer = await store.update(id, head, change, now);
          const after = await this.#inner.load(id, now);
          const isNew = before === null || after === null || !isSame(before, after);
          const signsIn = typeof change.account === "string";
          if (answer === true && isNew) note("update", id, signsIn);
          if (answer === true && isNew && signsIn && after !== null) this.#compare(actor, after);
          return answer;
        }),
      delete: (id, account) =>
        this.#called(actor, "delete", async () => {
          await store.delete(id, account);
          this.#gone.add(id);
          note("delete", id);
        }),
      list: (account, now) => this.#called(actor, "list", () => store.list(account, now)),
      deleteAll: (account, except, now) =>
        this.#called(actor, "deleteAll", async () => {
          const all = await this.#inner.list(account, now);
          const answer = await store.deleteAll(account, except, now);
          for (const { id } of all) this.#gone.add(id);
          note("deleteAll", account);
          return answer;
        }),
    };
  }

  async #act(actor: Actor): Promise<void> {
    const { step } = actor;
    if (step === "expire" || step === "grace passes") {
      await this.#called(actor, "time", () => {
        this.trail.push(`${actor.index} ${step}`);
        this.#now += step === "expire" ? EXPIRES : GRACE_PASSES;
        if (step === "expire") this.#gone.add(this.#begun.id);
        return Promise.resolve();
      });
      return;
    }
    const options = {
      clock: () => this.#now,
      logger: { warn: () => {}, error: () => {} },
      onLost: () => void (actor.lost = true),
      maxAge: 86_400,
    };
    const factory = this.#make(
      storedSettings<Values>(this.#storeOf(actor), SECRET, options),
      noTimer,
    );
    try {
      if (step === "end all") {
        await factory.endAll("ada");
        actor.acknowledged = true;
      } else {
        await this.#request(actor, factory);
      }
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      actor.failed = true;
    }
  }

  /** A sign-in keeps what its request held: a stranger who planted the cookie may have written more. */
  #compare({ held }: Actor, { values }: StoredRecord): void {
    for (const [key, text] of values) {
      if (!key.startsWith("(") && held.get(key) !== text) this.#foreign ??= key;
    }
  }

  async #request(actor: Actor, factory: SessionFactory<Values>): Promise<void> {
    const request = requestWith(this.#begun.cookie);
    const session = await factory.load(request);
    actor.seen = session.userId;
    actor.held = new Map([...session].map(([key, value]) => [key, JSON.stringify(value)]));
    const wasThere = !session.isNew;
    await work(actor, session);
    const outcome = await factory.commit(session, request, CONTEXT);
    actor.acknowledged = wasThere && !actor.lost &&
      (outcome.do !== "nothing" || actor.step === "modify");
    actor.cookie = cookieOf(outcome);
  }

  /** What was promised, and is not so. */
  async #judge(): Promise<string | null> {
    const { id, cookie } = this.#begun;
    const record = await this.#inner.load(id, this.#now);
    const hadFault = (this.#scenario.lostReplies ?? 0) > 0;
    for (const gone of this.#gone) {
      if (await this.#inner.load(gone, this.#now) !== null) return "what was over came back";
    }
    const failed = this.#actors.find((actor) => actor.failed && !this.#mayFail(actor));
    if (failed !== undefined) return `${failed.step} was answered by a 503`;
    const dropped = this.#dropped();
    if (dropped !== null) return dropped;
    for (const actor of this.#actors) {
      if (!this.#scenario.signedIn && actor.seen !== undefined) {
        return "a cookie from before the sign-in read the signed-in session";
      }
    }
    if (this.#foreign !== null) {
      return `a sign-in kept "${this.#foreign}" as its request did not hold it`;
    }
    const lost = record === null ? null : this.#lostChange(record);
    if (lost !== null) return lost;
    const intruder = this.#afterSignIn();
    if (intruder !== null) return intruder;
    this.#now += GRACE_PASSES;
    const held = new Set([cookie, ...this.#actors.map(({ cookie }) => cookie)]);
    held.delete(null as never);
    held.delete("");
    let valid = 0;
    const users: string[] = [];
    for (const text of held) {
      const { factory, session } = await this.#probe(text);
      if (session.isNew) continue;
      if (factory.idOf(session) === id) valid++;
      if (session.userId !== undefined) users.push(factory.idOf(session) ?? "");
    }
    if (valid > 1) return "two secrets are valid after the grace";
    if (record !== null && valid === 0 && !hadFault) return "nobody holds the valid secret";
    const replaced = this.#applied.some(({ by, call, id: of }) =>
      of === id && call === "update" && (by.step === "rotate" || by.step === "sign in")
    );
    if (replaced && await this.#isValid(cookie)) return "the secret from before is valid for ever";
    // A sign-in that finds the session ended begins one of its own.
    const begun = this.#applied.filter(({ call, signsIn }) => call === "create" && signsIn);
    const mayLive = new Set([id, ...begun.map(({ id }) => id)]);
    if (users.some((user) => this.#gone.has(user) || !mayLive.has(user))) {
      return "signed in after the sign-out";
    }
    if (this.#isSignedInOnly() && users.length === 0) return "an acknowledged sign-in is lost";
    return this.#cookieFault();
  }

  async #probe(text: string | null) {
    const options = {
      clock: () => this.#now,
      logger: { warn: () => {}, error: () => {} },
    };
    const factory = this.#make(storedSettings<Values>(this.#inner, SECRET, options), noTimer);
    return { factory, session: await factory.load(requestWith(text)) };
  }

  async #isValid(text: string): Promise<boolean> {
    return !(await this.#probe(text)).session.isNew;
  }

  /** A change by the value is in doubt if a reply was lost and another changed the value. */
  #mayFail({ step }: Actor): boolean {
    const { lostReplies = 0, steps } = this.#scenario;
    return lostReplies > 0 && step === "modify" && steps.filter((one) => one === step).length > 1;
  }

  /** A change that was dropped although nothing ended the session, or a sign-out without effect. */
  #dropped(): string | null {
    const ENDS: readonly Step[] = ["sign in", "sign out", "end all", "expire", "grace passes"];
    const goesOn = !this.#scenario.steps.some((step) => ENDS.includes(step));
    for (const actor of this.#actors) {
      const changes = ["set", "modify", "flash"].includes(actor.step);
      if (goesOn && changes && !actor.acknowledged && !actor.failed) {
        return `${actor.step} was dropped`;
      }
      if (actor.step === "sign out" && actor.acknowledged && !this.#gone.has(this.#begun.id)) {
        return "a sign-out ended nothing";
      }
    }
    return null;
  }

  /** Whether a sign-in was acknowledged, and nothing can have ended it. */
  #isSignedInOnly(): boolean {
    const ENDS: readonly Step[] = ["sign out", "end all", "expire", "grace passes"];
    return !this.#scenario.steps.some((step) => ENDS.includes(step)) &&
      this.#actors.some(({ acknowledged, step }) => step === "sign in" && acknowledged);
  }

  /** An acknowledged change that the record does not have. */
  #lostChange({ values }: StoredRecord): string | null {
    // What a sign-in kept in a session of its own lies there.
    const moved = (actor: Actor) =>
      this.#applied.some(({ by, call }) => by === actor && call === "create");
    let added = 0;
    for (const actor of this.#actors) {
      if (!actor.acknowledged || moved(actor) || this.#isLeftBehind(actor)) continue;
      if (actor.step === "set" && values.get(`set${actor.index}`) !== "1") {
        return "an acknowledged key is lost";
      }
      if (actor.step === "delete" && values.has("old")) return "a deleted key is there";
      const message = `["m${actor.index}"]`;
      if (actor.step === "flash" && !values.values().some((text) => text === message)) {
        return "an acknowledged message is lost";
      }
      if (actor.step === "modify") added++;
    }
    const most = this.#actors.filter(({ step }) => step === "modify").length;
    const n = Number(values.get("n"));
    if (n < added || n > most) {
      return `${added} of ${most} increments were acknowledged, and n is ${n}`;
    }
    return null;
  }

  /** Whether a sign-in left a change behind, since its request was loaded before the change. */
  #isLeftBehind(actor: Actor): boolean {
    const signIn = this.#applied.findIndex(({ call, signsIn }) => call === "update" && signsIn);
    const changed = this.#applied.findIndex(({ by }) => by === actor);
    if (signIn === -1 || changed === -1 || changed > signIn) return false;
    const { held } = this.#applied[signIn]!.by;
    switch (actor.step) {
      case "set":
        return !held.has(`set${actor.index}`);
      case "delete":
        return held.has("old");
      default:
        return actor.step === "modify" || actor.step === "flash";
    }
  }

  /** What a request from before a sign-in changed after it. */
  #afterSignIn(): string | null {
    const { id } = this.#begun;
    if (this.#scenario.signedIn) return null;
    const at = this.#applied.findIndex((one) => one.id === id && one.signsIn);
    if (at === -1) return null;
    const { by } = this.#applied[at]!;
    const later = this.#applied.slice(at + 1)
      .find((one) => one.id === id && one.call === "update" && one.by !== by);
    return later === undefined ? null : `${later.by.step} wrote to the session after the sign-in`;
  }

  /** A cookie that a request got which must not have got one. */
  #cookieFault(): string | null {
    const replaced = this.#applied.findIndex(({ by, call, id }) =>
      id === this.#begun.id && call === "update" &&
      (by.step === "rotate" || by.step === "sign in")
    );
    if (replaced === -1) return null;
    for (const actor of this.#actors) {
      const first = this.#applied.findIndex(({ by }) => by === actor);
      if (first > replaced && actor.cookie === this.#begun.cookie) {
        return `${actor.step} got the cookie from before`;
      }
    }
    return null;
  }
}

async function work({ step, index }: Actor, session: Session<Values>): Promise<void> {
  switch (step) {
    case "set":
      session.set(`set${index}`, 1);
      break;
    case "modify":
      await session.modify("n", (n) => Number(n ?? 0) + 1);
      break;
    case "delete":
      session.delete("old");
      break;
    case "flash":
      session.flash(`m${index}`);
      break;
    case "rotate":
      session.regenerate();
      break;
    case "sign in":
      session.bindTo("ada");
      break;
    case "sign out":
      session.invalidate();
      break;
    default:
      session.get("n");
  }
}

function isSame(one: StoredRecord, other: StoredRecord): boolean {
  return one.head === other.head && one.account === other.account &&
    one.expires === other.expires && one.renewed === other.renewed &&
    one.values.size === other.values.size &&
    [...one.values].every(([key, text]) => other.values.get(key) === text);
}
