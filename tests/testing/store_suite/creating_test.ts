import { CREATING } from "../../../lib/testing/store_suite/creating.ts";
import { findsFaults } from "./planted_stores.ts";

Deno.test("CREATING finds each planted fault of create() and load() by the check that is about it", (t) =>
  findsFaults(t, CREATING));
