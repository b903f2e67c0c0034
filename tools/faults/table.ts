/**
 * The faults, in the order in which they are tried.
 *
 * @module
 */

import { appKilled } from "./cases/app_killed.ts";
import { countedByFour } from "./cases/counted_by_four.ts";
import { fileShared } from "./cases/file_shared.ts";
import { memoryFull } from "./cases/memory_full.ts";
import { movedFromCookies } from "./cases/moved_from_cookies.ts";
import { postgresConnectionsKilled } from "./cases/postgres_connections_killed.ts";
import { replicaPromoted } from "./cases/replica_promoted.ts";
import { replyCut } from "./cases/reply_cut.ts";
import { postgresRestarted, redisKilled } from "./cases/server_crashed.ts";
import { storeStalled } from "./cases/store_stalled.ts";
import type { Fault } from "./fault.ts";

/** All of them. */
export const FAULTS: readonly Fault[] = [
  redisKilled,
  storeStalled,
  replyCut,
  postgresConnectionsKilled,
  postgresRestarted,
  replicaPromoted,
  memoryFull,
  appKilled,
  fileShared,
  movedFromCookies,
  countedByFour,
];
