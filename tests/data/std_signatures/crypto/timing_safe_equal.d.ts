// timing_safe_equal.ts of @std/crypto 1.1.0: its declarations, as tsc 5.9 writes them. Copyright 2018-2026 the Deno authors, MIT.
export declare function timingSafeEqual(a: ArrayBufferView | ArrayBufferLike, b: ArrayBufferView | ArrayBufferLike): boolean;
