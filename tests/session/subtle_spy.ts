/**
 * Counts the calls of SubtleCrypto while a test looks.
 *
 * @module
 */

const METHODS = ["sign", "verify", "encrypt", "decrypt", "importKey", "deriveBits"] as const;

/** Counts from its making until it is disposed of. */
export class SubtleSpy implements Disposable {
  /** The methods that were called, in order. */
  readonly calls: string[] = [];

  /** Starts to count. */
  constructor() {
    for (const method of METHODS) {
      const original = SubtleCrypto.prototype[method];
      Object.defineProperty(crypto.subtle, method, {
        configurable: true,
        value: (...args: unknown[]) => {
          this.calls.push(method);
          return Reflect.apply(original, crypto.subtle, args);
        },
      });
    }
  }

  /** Forgets what was counted. */
  reset(): void {
    this.calls.length = 0;
  }

  /** Puts the real methods back. */
  [Symbol.dispose](): void {
    for (const method of METHODS) Reflect.deleteProperty(crypto.subtle, method);
  }
}
