/**
 * What is kept in the memory of one process: for one process, and for tests.
 *
 * @module
 */

export type { RevocationStore } from "../../../session.ts";
export { memoryRevocations, type MemoryRevocationsOptions } from "./memory_revocations.ts";
