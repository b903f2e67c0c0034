import { EXPIRING, SWEEPING } from "../../../lib/testing/store_suite/expiring.ts";
import { findsFaults } from "./planted_stores.ts";

Deno.test("EXPIRING finds each planted fault of times by the check that is about it", (t) =>
  findsFaults(t, EXPIRING));

Deno.test("SWEEPING finds each planted fault of sweep() by the check that is about it", (t) =>
  findsFaults(t, SWEEPING));
