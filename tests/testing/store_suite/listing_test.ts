import { LISTING } from "../../../lib/testing/store_suite/listing.ts";
import { findsFaults } from "./planted_stores.ts";

Deno.test("LISTING finds each planted fault of list() and deleteAll() by the check that is about it", (t) =>
  findsFaults(t, LISTING));
