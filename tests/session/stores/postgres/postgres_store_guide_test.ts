/**
 * The lines of the guide, by each client.
 *
 * @module
 */

import { testUnless } from "../../../requirements.ts";
import { runGuideBlock } from "../guide_block.ts";
import { noPostgres, startPostgres } from "./postgres_server.ts";

for (const client of ["npm:pg@8.23.1", "npm:postgres@3.4.9"]) {
  testUnless(noPostgres, `docs/stores.md sets up postgresStore() by ${client}`, async () => {
    await using server = await startPostgres();
    const address = `postgres://postgres@127.0.0.1:${server.port}/postgres`;
    await runGuideBlock(client, "postgres://app@localhost/app", address);
  });
}
