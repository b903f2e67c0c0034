/**
 * A store in PostgreSQL keeps the contract, by each client.
 *
 * @module
 */

import { storeSuite } from "@pyramidion/pyramidion/testing";
import { testUnless } from "../../../requirements.ts";
import { CLIENT_NAMES, noPostgres, openStore, startPostgres } from "./postgres_server.ts";

const server = noPostgres === null ? await startPostgres() : undefined;
globalThis.addEventListener("unload", () => void server?.[Symbol.asyncDispose]());

for (const client of CLIENT_NAMES) {
  const open = (clock: () => number) => {
    if (server === undefined) throw new Error("There is no server");
    return openStore(client, server, { clock });
  };
  for (const { name, run } of storeSuite(open, { rounds: 100 })) {
    testUnless(noPostgres, `postgresStore() by ${client}: ${name}`, run);
  }
}
