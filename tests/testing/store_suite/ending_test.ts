import { ENDING } from "../../../lib/testing/store_suite/ending.ts";
import { findsFaults } from "./planted_stores.ts";

Deno.test("ENDING finds each planted fault of delete() by the check that is about it", (t) =>
  findsFaults(t, ENDING));
