/**
 * What must be true of every copy of a cookie where sessions can be revoked: the plain version.
 *
 * @module
 */

/** How a copy stands. */
export type CopyStanding =
  /** No session of the model. */
  | "none"
  | "valid"
  /** Rotated less than ten seconds ago: it may be read, and nothing of it is saved. */
  | "late"
  /** Rotated before that. */
  | "rotated"
  /** A user signed in by it less than ten seconds ago: nothing is seen, and nothing is saved. */
  | "left"
  /** Signed out. */
  | "ended";

/** What a request does to its session. */
export type CopyAct = "go on" | "rotate" | "sign in" | "sign out";

/** A request that was answered. */
export interface CopyAnswer {
  /** What it did. */
  readonly act: CopyAct;
  /** The text of the cookie that it came with. */
  readonly from: string;
  /** How that stood when the session was loaded. */
  readonly seen: CopyStanding;
  /** The text of the cookie that it was answered with; empty for none, and where it was deleted. */
  readonly to: string;
  /** Whether what it was answered with holds a key or a user. */
  readonly holds: boolean;
}

interface Generation {
  readonly family: number;
  readonly number: number;
  readonly isUsers: boolean;
  holds: boolean;
  rotatedAt?: number;
  leftAt?: number;
  isEnded?: boolean;
}

const GRACE = 10_000;

/** Families and generations of sessions, with every cookie text that was handed out. */
export class RevocationModel {
  readonly #clock: () => number;
  readonly #copies = new Map<string, Generation>();
  readonly #generations: Generation[] = [];
  #families = 0;

  /** Takes the time. */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Every cookie text. */
  get copies(): readonly string[] {
    return [...this.#copies.keys()];
  }

  /** How the copy of a cookie stands. */
  standing(cookie: string): CopyStanding {
    const copy = this.#copies.get(cookie);
    if (copy === undefined) return "none";
    const isRecent = (at: number | undefined) => at !== undefined && this.#clock() - at <= GRACE;
    if (isRecent(copy.leftAt)) return "left";
    if (copy.isEnded === true) return "ended";
    if (copy.rotatedAt === undefined) return "valid";
    return isRecent(copy.rotatedAt) ? "late" : "rotated";
  }

  /** Every session of users is over. */
  signOutEverywhere(): void {
    for (const one of this.#generations) if (one.isUsers) one.isEnded = true;
  }

  /** Takes in what came of a request. */
  answered({ act, from, seen, to, holds }: CopyAnswer): void {
    const copy = this.#copies.get(from);
    const isLoaded = copy !== undefined && (seen === "valid" || seen === "late");
    if (act === "sign out" && copy !== undefined) {
      if (seen === "rotated" || isLoaded && copy.holds) this.#end(copy);
    }
    if (act === "sign in" && isLoaded) {
      this.#end(copy);
      copy.leftAt = this.#clock();
    }
    if (to === "") return;
    const goesOn = isLoaded && (act === "go on" || act === "rotate");
    if (!goesOn) return this.#begin(to, act === "sign in", holds);
    copy.holds ||= holds;
    if (act === "go on") this.#copies.set(to, copy);
    else {
      copy.rotatedAt ??= this.#clock();
      const { family, number, isUsers } = copy;
      this.#add(to, { family, number: number + 1, isUsers, holds: copy.holds });
    }
  }

  #begin(cookie: string, isUsers: boolean, holds: boolean): void {
    this.#add(cookie, { family: this.#families++, number: 0, isUsers, holds });
  }

  #add(cookie: string, generation: Generation): void {
    this.#generations.push(generation);
    this.#copies.set(cookie, generation);
  }

  /** Ends a family: of a guest, whose every read costs one question, up to the next generation. */
  #end({ family, number, isUsers }: Generation): void {
    for (const one of this.#generations) {
      if (one.family === family && (isUsers || one.number <= number + 1)) one.isEnded = true;
    }
  }
}
