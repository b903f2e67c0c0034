import { OPERATIONS } from "../../../lib/testing/store_suite/operations.ts";
import { findsFaults } from "./planted_stores.ts";

Deno.test("OPERATIONS finds each planted fault of what is tried again by the check that is about it", (t) =>
  findsFaults(t, OPERATIONS));
