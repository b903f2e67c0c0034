import { UPDATING } from "../../../lib/testing/store_suite/updating.ts";
import { findsFaults } from "./planted_stores.ts";

Deno.test("UPDATING finds each planted fault of update() by the check that is about it", (t) =>
  findsFaults(t, UPDATING));
