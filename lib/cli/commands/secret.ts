/**
 * `secret`: a new random secret.
 *
 * @module
 */

import type { Command } from "../command.ts";

const BYTES = 32;

/** The command. */
export const secret: Command = {
  name: "secret",
  summary: `Makes a secret: ${BYTES} random bytes in base64`,
  positionals: [],
  options: {},
  notes: [],
  run() {
    const bytes = crypto.getRandomValues(new Uint8Array(BYTES));
    return Promise.resolve({ code: 0, stdout: `${bytes.toBase64()}\n` });
  },
};
