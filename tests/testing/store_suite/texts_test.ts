import { ODD_TEXTS } from "../../../lib/testing/store_suite/texts.ts";
import { findsFaults } from "./planted_stores.ts";

Deno.test("ODD_TEXTS finds each planted fault of odd texts by the check that is about it", (t) =>
  findsFaults(t, ODD_TEXTS));
