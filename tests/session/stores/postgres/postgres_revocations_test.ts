/**
 * Times of revocations. The contract is tested with the other stores'.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { testUnless } from "../../../requirements.ts";
import { noPostgres, openStore, startPostgres } from "./postgres_server.ts";

const NOW = 1_700_000_000_000;

testUnless(
  noPostgres,
  "postgresStore() takes a time of a revocation that is no integer, and never ends it early",
  async () => {
    await using server = await startPostgres();
    const times = [NOW];
    await using store = await openStore("npm:pg", server, { clock: () => times[0] ?? 0 });
    await store.add("id", NOW + 0.25);
    times[0] = NOW + 0.25;
    assertEquals(await store.has("id"), true);
    times[0] = NOW + 1.5;
    assertEquals(await store.has("id"), false);
    await store.bump("ada");
    assertEquals(await store.epoch("ada"), NOW + 2);
  },
);
