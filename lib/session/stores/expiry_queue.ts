/**
 * Which of many entries passes first.
 *
 * @module
 */

/** Entries by their time, the earliest first: a binary heap. Adding and taking cost its logarithm. */
export class ExpiryQueue {
  readonly #ids: string[] = [];
  readonly #times: number[] = [];

  /** The earliest time, or `Infinity` if the queue is empty. */
  get first(): number {
    return this.#times[0] ?? Infinity;
  }

  /** Adds an entry. */
  add(id: string, time: number): void {
    let at = this.#times.length;
    for (let parent; at > 0 && this.#times[parent = (at - 1) >> 1]! > time; at = parent) {
      this.#put(at, this.#ids[parent]!, this.#times[parent]!);
    }
    this.#put(at, id, time);
  }

  /**
   * Takes the entry with the earliest time out, and returns its id.
   *
   * @throws {RangeError} If the queue is empty.
   */
  take(): string {
    const [first] = this.#ids;
    const id = this.#ids.pop(), time = this.#times.pop();
    if (first === undefined || id === undefined || time === undefined) {
      throw new RangeError("Cannot take from an empty queue");
    }
    const { length } = this.#times;
    if (length === 0) return first;
    let at = 0;
    for (let child = 1; child < length; child = 2 * at + 1) {
      if (child + 1 < length && this.#times[child + 1]! < this.#times[child]!) child++;
      if (this.#times[child]! >= time) break;
      this.#put(at, this.#ids[child]!, this.#times[child]!);
      at = child;
    }
    this.#put(at, id, time);
    return first;
  }

  #put(at: number, id: string, time: number): void {
    this.#ids[at] = id;
    this.#times[at] = time;
  }
}
